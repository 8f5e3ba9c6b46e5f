import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { shareFor } from './share-for';

test('who asks at the same time waits for one answer, also a slow one, and the next after it reads anew', async () => {
  let reads = 0;
  const ask = shareFor(20, async () => {
    reads++;
    await wait(60);
    return reads;
  });
  const first = ask(null);
  await wait(40);
  expect(await Promise.all([first, ask(null), ask(null)])).toEqual([1, 1, 1]);
  expect(await ask(null)).toBe(1);
  await wait(40);
  expect(await ask(null)).toBe(2);
});

test('an error is not kept', async () => {
  let reads = 0;
  const ask = shareFor(60_000, async () => {
    if (reads++ === 0) throw new Error('no store');
    return reads;
  });
  await expect(ask(null)).rejects.toThrow('no store');
  expect(await ask(null)).toBe(2);
});
