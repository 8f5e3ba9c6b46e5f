/** What is under way is what the last reading had; what ended is gone, also when it was the only one. */
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings } from './append-readings';
import { migrate } from './migrate';
import { openPool } from './pool';
import { readProgress } from './read-progress';

let store: RunningPostgres;
let db: pg.Pool;
const metric = 'postgres.progress';
const lease = { instanceId: 1, fence: 1n };
const everyMs = 10_000;
const now = Math.floor(Date.now() / everyMs) * everyMs;

beforeAll(async () => {
  store = await startPostgres();
  await migrate(store.url());
  db = openPool(store.url(), 2);
  await db.query(`insert into cluster (name) values ('c');
    insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at) values ('i', 1, 'postgres', 'h', 1, 'd', 'u', now());
    insert into lease values (1, 'test', 1, now() + interval '1 hour')`);
});
beforeEach(async () => {
  await db.query('truncate metric_health');
});
afterAll(async () => {
  await db?.end();
  await store?.stop();
});

const row = (operation: string, phase: string, values: (number | null)[]) => ({
  labels: { operation, database: 'shop', table: 'public.orders', phase, nth: '1' },
  values,
  rates: values.map(() => null),
});
async function append(at: number, rows: ReturnType<typeof row>[]) {
  const columns = ['done', 'done_amount', 'total_amount', 'running_ms'].map((name) => ({
    name,
    kind: 'gauge' as const,
  }));
  if (rows.length > 0)
    await appendReadings(db, [{ lease, readings: [{ metric, at, everyMs, columns, rows }] }]);
  await db.query(
    `insert into metric_health (instance_id, metric, last_success) values (1, $1, $2)
     on conflict (instance_id, metric) do update set last_success = excluded.last_success`,
    [metric, new Date(at)],
  );
}

test('an instance that is not watched is not known; one that was never read has no time', async () => {
  await expect(readProgress(db, '99')).rejects.toThrow();
  expect(await readProgress(db, '1')).toEqual({ instance: '1', at: null, operations: [] });
});

test('operations have their share where it is known, and are gone when they ended', async () => {
  await append(now - 30_000, [
    row('vacuum', 'scanning heap', [0.25, 25, 100, 5_000]),
    row('copy', 'copy to', [null, 4_096, null, 9_000]),
  ]);
  const { operations, at } = await readProgress(db, '1');
  expect(at).toBe(now - 30_000);
  expect(operations).toMatchObject([
    { operation: 'copy', share: null, done: 4_096, total: null, unit: 'bytes', running_ms: 9_000 },
    {
      operation: 'vacuum',
      table: 'public.orders',
      share: 0.25,
      done: 25,
      total: 100,
      unit: 'pages',
    },
  ]);
  await append(now - 20_000, [row('vacuum', 'scanning heap', [0.5, 50, 100, 15_000])]);
  expect((await readProgress(db, '1')).operations.map(({ share }) => share)).toEqual([0.5]);
  await append(now, []);
  expect((await readProgress(db, '1')).operations).toEqual([]);
});
