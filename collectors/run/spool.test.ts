import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from './outbox';
import { openSpool, type Parcel, type Spool } from './spool';

let folder: string;
let lost: (number | null)[];
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'yagura-spool-'));
  lost = [];
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Content = { n: number; fence: bigint; value: number };
const parcel = (n: number, size = 10): Parcel<Content & { fill: string }> => ({
  instanceId: n % 3,
  bytes: size,
  content: { n, fence: 2n ** 60n, value: Number.NaN, fill: 'x'.repeat(size) },
});
const open = (limitBytes = 512 * 1024 * 1024): Spool<Content & { fill: string }> =>
  openSpool({
    folder,
    limitBytes,
    onLost: (instanceId) => lost.push(instanceId),
    log: (message) => said.push(message),
  });
function drain(spool: Spool<Content>, most = 7): number[] {
  const numbers: number[] = [];
  for (let batch = spool.oldest(most); batch.length > 0; batch = spool.oldest(most)) {
    numbers.push(...batch.map(({ content }) => content.n));
    spool.done(batch.length);
  }
  return numbers;
}
const files = () => readdirSync(folder).map((name) => path.join(folder, name));

describe('openSpool', () => {
  it('gives back in order, as it was, what was written, over many segments, and leaves no file behind', () => {
    const spool = open();
    for (let n = 0; n < 100; n++) expect(spool.append(parcel(n, 200_000))).toBe(true);
    expect(files().length).toBeGreaterThan(3);
    expect(spool.oldest(1)[0]?.content).toMatchObject({
      n: 0,
      fence: 2n ** 60n,
      value: Number.NaN,
    });
    expect(drain(spool)).toEqual([...Array(100).keys()]);
    expect(spool.bytes).toBe(0);
    expect(files()).toEqual([]);
  });

  it('has at the next start what a killed process wrote, and goes on after it', () => {
    const killed = open();
    for (let n = 0; n < 10; n++) killed.append(parcel(n));
    const next = open();
    next.append(parcel(10));
    expect(drain(next)).toEqual([...Array(11).keys()]);
  });

  it('keeps what stands before a record that was cut off or changed, and says what is lost', () => {
    for (const harm of [
      (data: Buffer) => data.subarray(0, data.length - 5),
      (data: Buffer) => {
        data[data.length - 5] = (data[data.length - 5] ?? 0) ^ 1;
        return data;
      },
    ]) {
      const spool = open();
      for (let n = 0; n < 5; n++) spool.append(parcel(n));
      spool.close();
      const [file = ''] = files();
      writeFileSync(file, harm(readFileSync(file)));
      expect(drain(open())).toEqual([0, 1, 2, 3]);
      expect(said.at(-1)).toMatch(/bytes are unreadable and lost/);
      expect(lost).toEqual([null]);
      lost = [];
    }
  });

  it('drops its oldest when full, and counts whose it was', () => {
    const spool = open(20 * 1024 * 1024);
    for (let n = 0; n < 30; n++) spool.append(parcel(n, 1_000_000));
    const kept = drain(spool);
    expect(kept.at(-1)).toBe(29);
    expect(lost).toEqual([...Array(30 - kept.length).keys()].map((n) => n % 3));
    expect(kept.length).toBeGreaterThanOrEqual(15);
  });

  it('says no when the disk refuses, and goes on when it does not any more', () => {
    const spool = open();
    rmSync(folder, { recursive: true });
    expect(spool.append(parcel(0))).toBe(false);
    expect(spool.append(parcel(1))).toBe(false);
    expect(said).toHaveLength(1);
    mkdirSync(folder);
    expect(spool.append(parcel(2))).toBe(true);
  });
});

describe('createOutbox with a spool', () => {
  const outbox = (store: { away: boolean; taken: number[] }, limitBytes = 1000) =>
    createOutbox<Content & { fill: string }>({
      limitBytes,
      spool: open(),
      async send(parcels) {
        await sleep(1);
        if (store.away) throw new Error('away');
        store.taken.push(...parcels.map(({ content }) => content.n));
        return { done: parcels.length, later: [] };
      },
      isOutage: () => true,
      onError: () => undefined,
      onNeverLater: () => undefined,
      random: () => 0,
    });

  it('spools while the store is away, far beyond its ring, and loses nothing', async () => {
    const store = { away: true, taken: [] as number[] };
    const box = outbox(store, 100);
    for (let n = 0; n < 1000; n++) box.push(parcel(n));
    await sleep(20);
    expect(box.waiting).toMatchObject({ parcels: 0, bytes: 0 });
    store.away = false;
    await sleep(600);
    expect([...store.taken].sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
    expect([0, 1, 2].map((id) => box.takeLost(id))).toEqual([0, 0, 0]);
    expect(files()).toEqual([]);
  });

  it('sends the newest first when the store is back', async () => {
    const store = { away: true, taken: [] as number[] };
    const box = outbox(store);
    for (let n = 0; n < 600; n++) box.push(parcel(n));
    await sleep(20);
    store.away = false;
    // The first batch of the spool finds out; what comes now overtakes the rest.
    while (store.taken.length === 0) await sleep(1);
    box.push(parcel(9999));
    await sleep(300);
    expect(store.taken.indexOf(9999)).toBeLessThan(600);
    expect(store.taken).toHaveLength(601);
  });

  it('leaves on disk what it could not send before it closed, for the next process', async () => {
    const store = { away: true, taken: [] as number[] };
    const box = outbox(store);
    for (let n = 0; n < 20; n++) box.push(parcel(n));
    await box.close(50);
    expect(existsSync(files()[0] ?? '')).toBe(true);
    store.away = false;
    outbox(store);
    await sleep(100);
    expect(store.taken).toEqual([...Array(20).keys()]);
  });
});
