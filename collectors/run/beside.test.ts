import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inLane, repeat, turns } from './beside';

test('work is repeated, its failures are told, and stopping waits for what is under way', async () => {
  const seen: string[] = [];
  let turn = 0;
  const loop = repeat({
    firstMs: 0,
    everyMs: 0,
    onError: (error) => seen.push(String(error)),
    work: async (signal) => {
      turn++;
      if (turn === 1) throw new Error('first');
      seen.push('begun');
      await sleep(50, undefined, { signal }).catch(() => undefined);
      seen.push(signal.aborted ? 'cut short' : 'done');
    },
  });
  await expect.poll(() => seen.length, { timeout: 5_000, interval: 5 }).toBe(2);
  await loop.stop();
  expect(seen).toEqual(['Error: first', 'begun', 'cut short']);
  await sleep(20);
  expect(seen).toHaveLength(3);
});

test('stopping before the first time does nothing', async () => {
  let done = 0;
  const loop = repeat({
    firstMs: 60_000,
    everyMs: 1,
    onError: () => done++,
    work: async () => void done++,
  });
  await loop.stop();
  expect(done).toBe(0);
});

test('no more than so many work at a time, in the order they came, also after a failure', async () => {
  const take = turns(2);
  let busy = 0;
  let most = 0;
  const order: number[] = [];
  const work = (n: number) =>
    take(async () => {
      busy++;
      most = Math.max(most, busy);
      order.push(n);
      await sleep(5);
      busy--;
      if (n === 1) throw new Error('failed');
    }).catch(() => undefined);
  await Promise.all([0, 1, 2, 3, 4, 5].map(work));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
});

test('instances do not wait for each other, one waits for itself', async () => {
  const events: string[] = [];
  const work = (id: number, name: string) =>
    inLane(id, async () => {
      events.push(`${name} begins`);
      await sleep(20);
      events.push(`${name} ends`);
    });
  await Promise.all([work(1, 'a'), work(1, 'b'), work(2, 'c')]);
  expect(events.indexOf('b begins')).toBeGreaterThan(events.indexOf('a ends'));
  expect(events.indexOf('c begins')).toBeLessThan(events.indexOf('a ends'));
});
