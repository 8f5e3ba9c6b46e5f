import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metrics } from '@/collectors/catalog';
import { headlineSources } from '@/lib/verdict/headline-sources';
import { play } from '@/lib/verdict/scenarios';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings, type ReadingBatch } from './append-readings';
import { migrate } from './migrate';
import { openPool } from './pool';
import { readVerdict } from './read-verdict';

let server: RunningPostgres;
let db: pg.Pool;
const now = Date.UTC(2026, 2, 29, 14, 0, 0);
const everyMs = 10_000;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('calm'), ('storm'), ('empty');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('a', 1, 'postgres', 'h', 1, 'd', 'u', now()), ('b', 2, 'mariadb', 'h', 2, 'd', 'u', now()), ('c', 2, 'mariadb', 'h', 3, 'd', 'u', now());
     insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 hour' from instance`,
  );
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

/** Stores an hour as a collector would have: each source's series under its metric, shared out over its columns. */
async function fill(
  instanceId: number,
  engine: string,
  effects: Parameters<typeof play>[0]['effects'],
) {
  const from = now - 3_600_000;
  const series = play({ effects }, { from, to: now - everyMs, beginsAt: now - 300_000, seed: 7 });
  const batches: ReadingBatch[] = [];
  for (const source of headlineSources[engine] ?? []) {
    const line = series.find(({ id }) => id === source.id);
    for (const [at, value] of line?.points ?? [])
      batches.push({
        lease: { instanceId, fence: 1n },
        readings: source.columns.map((column) => ({
          ...{ metric: source.metric, at, everyMs },
          columns: [{ name: column, kind: source.perSecond ? 'counter' : 'gauge' }],
          rows: [
            {
              labels: { ...source.labels, part: source.id },
              values: [value],
              rates: [value === null ? null : value / source.columns.length],
            },
          ],
        })),
      });
  }
  await appendReadings(db, batches);
}

test('every source is a column of its definition', () => {
  for (const source of Object.values(headlineSources).flat()) {
    const metric = metrics.find(({ id }) => id === source.metric);
    expect(Object.keys(metric?.columns ?? {}), source.metric).toEqual(
      expect.arrayContaining([...source.columns]),
    );
  }
});

test('a calm hour of one server is calm, of layers that nobody measures nothing is said', async () => {
  await fill(1, 'postgres', []);
  expect(await readVerdict(db, 1, now)).toMatchObject({
    ...{ state: 'calm', first: null, moves: [], calm: ['database'] },
    unmeasured: ['application', 'infrastructure'],
  });
});

test('a lock storm of one of two servers is told with that server', async () => {
  await fill(2, 'mysql', [
    ['lock_waits', 160],
    ['load', 6],
  ]);
  await fill(3, 'mysql', []);
  const verdict = await readVerdict(db, 2, now);
  expect(verdict).toMatchObject({ state: 'moved', first: 'database', because: 'alone' });
  const [move] = verdict?.moves ?? [];
  expect(Math.abs((move?.at ?? 0) - (now - 300_000))).toBeLessThanOrEqual(30_000);
  expect(move?.evidence.map(({ id, of }) => [id, of])).toEqual(
    expect.arrayContaining([
      ['lock_waits', 'b'],
      ['load', 'b'],
    ]),
  );
  expect(JSON.stringify(verdict)).not.toContain('"of":"c"');
});

test('a cluster that is not there has no verdict, one without an instance neither', async () => {
  expect(await readVerdict(db, 99, now)).toBeNull();
  expect(await readVerdict(db, 3, now)).toBeNull();
});
