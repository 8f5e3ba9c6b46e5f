import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createOutbox } from './outbox';
import type { Parcel } from './spool';

const parcel = (n: number, instanceId = 1): Parcel<number> => ({
  instanceId,
  bytes: 10,
  content: n,
});

function outbox(limitBytes: number, refuse: number[] = []) {
  const store = { away: false, taken: [] as number[] };
  const box = createOutbox<number>({
    limitBytes,
    spool: null,
    async send(parcels) {
      await sleep(1);
      if (store.away) throw new Error('away');
      if (parcels.some(({ content }) => refuse.includes(content))) throw new Error('refused');
      store.taken.push(...parcels.map(({ content }) => content));
      return { done: parcels.length, later: [] };
    },
    isOutage: (error) => (error as Error).message === 'away',
    onError: () => undefined,
    onNeverLater: () => undefined,
    random: () => 0,
  });
  return { box, store };
}

describe('createOutbox', () => {
  it('replays in order what was read while the store was away', async () => {
    const { box, store } = outbox(1_000);
    store.away = true;
    for (let n = 0; n < 20; n++) box.push(parcel(n));
    await sleep(50);
    expect(box.blocked).toBe(true);
    store.away = false;
    await sleep(900);
    expect(store.taken).toEqual([...Array(20).keys()]);
    expect(box.waiting).toEqual({ parcels: 0, bytes: 0, spooledBytes: 0 });
    expect(box.takeLost(1)).toBe(0);
  });

  it('drops the oldest when full, counts it per instance, and tells once', async () => {
    const { box, store } = outbox(50);
    store.away = true;
    for (let n = 0; n < 8; n++) box.push(parcel(n, n < 2 ? 1 : 2));
    await sleep(20);
    expect(box.waiting).toEqual({ parcels: 5, bytes: 50, spooledBytes: 0 });
    expect([box.takeLost(1), box.takeLost(2), box.takeLost(2)]).toEqual([2, 1, 0]);
    store.away = false;
    await sleep(900);
    expect(store.taken).toEqual([3, 4, 5, 6, 7]);
  });

  it('does not call lost what arrives after it left the ring', async () => {
    const { box, store } = outbox(20);
    for (let n = 0; n < 4; n++) box.push(parcel(n));
    await sleep(50);
    expect(store.taken).toEqual([0, 2, 3]);
    expect(box.takeLost(1)).toBe(1);
  });

  it('gives up on one parcel the store refuses, and on no other', async () => {
    const { box, store } = outbox(1_000, [2]);
    for (let n = 0; n < 5; n++) box.push(parcel(n));
    await sleep(3_000);
    expect(store.taken).toEqual([0, 1, 3, 4]);
    expect(box.takeLost(1)).toBe(1);
  });

  it('flushes before it closes, and does not wait for ever', async () => {
    const { box, store } = outbox(1_000);
    box.push(parcel(1));
    await box.close(1_000);
    expect(store.taken).toEqual([1]);
    const stuck = outbox(1_000);
    stuck.store.away = true;
    stuck.box.push(parcel(1));
    const started = Date.now();
    await stuck.box.close(200);
    expect(Date.now() - started).toBeLessThan(1_000);
  });
});
