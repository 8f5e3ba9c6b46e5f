/** Merging an hour of histograms neither loses nor repeats an execution, also of rows that come late. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { registerStatements } from './append-statements';
import { migrate } from './migrate';
import { openPool } from './pool';
import { insertHistograms, mergeHistogramHour, readHistograms } from './statement-histograms';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 2, 29, 0, 0, 0);
let server: RunningPostgres;
let db: pg.Pool;
let keyId: number;
let other: number;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('c');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('i', 1, 'mysql', 'h', 3306, 'd', 'watcher', now())`,
  );
  const keys = await registerStatements(
    db,
    1,
    ['one', 'other'].map((name) => ({
      ...{ userid: '', dbid: 'd', queryid: name, toplevel: true, userName: 'u', databaseName: 'd' },
      statement: { id: name, text: `select ${name}`, kind: 'select', tables: [] },
    })),
  );
  [keyId = 0, other = 0] = [...keys.values()];
  // Three hours by the minute: in bucket 7 one execution each minute, in bucket 9 one each at the full hour.
  for (let n = 1; n <= 180; n++)
    await add(
      start + n * minute,
      n % 60 === 0
        ? [
            [7, 1],
            [9, 1],
          ]
        : [[7, 1]],
    );
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

async function add(toAt: number, buckets: [number, number][]) {
  await insertHistograms(db, db, 1, toAt, [
    { keyId, buckets },
    { keyId: other, buckets: [[3, 2]] },
  ]);
}
async function read(from: number, to: number, id = 'one') {
  const found = await readHistograms(db, { instanceIds: [1], from, to }, [id], (row) => row.id);
  return Object.fromEntries(found.get(id) ?? []);
}
async function merge(at: number) {
  const client = await db.connect();
  await mergeHistogramHour(client, at).finally(() => client.release());
}
const rows = async (table: string) =>
  (await db.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;

test('every execution is counted once before and after its hour is merged', async () => {
  const spans = [
    [start, start + hour],
    [start, start + 3 * hour],
    [start + hour, start + 2 * hour],
    [start + hour / 2, start + 2.5 * hour],
  ] as const;
  const sums = () => Promise.all(spans.flatMap((span) => [read(...span), read(...span, 'other')]));
  const before = await sums();
  expect(before[0]).toEqual({ 7: 60, 9: 1 });
  expect(before[2]).toEqual({ 7: 180, 9: 3 });
  expect(before[3]).toEqual({ 3: 360 });
  await merge(start + hour);
  expect(await sums()).toEqual(before);
  await merge(start);
  expect(await sums()).toEqual(before);
  // Two hours of twelve times five minutes, and the third as it came.
  expect(await rows('statement_histogram')).toBe(24 + 60);
  expect(await rows('statement_histogram_hour')).toBe(2);
});

test('a full hour belongs to the hour that it ends', async () => {
  expect(await read(start, start + hour)).toEqual({ 7: 60, 9: 1 });
  expect(await read(start + hour, start + hour + 5 * minute)).toEqual({ 7: 5 });
});

test('a row that comes after its hour was merged is in both: the long windows and the short', async () => {
  await add(start + 10.5 * minute, [[7, 1000]]);
  expect(await read(start, start + hour)).toEqual({ 7: 1060, 9: 1 });
  expect(await read(start + 10 * minute, start + 15 * minute)).toEqual({ 7: 1005 });
});
