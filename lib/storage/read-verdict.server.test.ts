import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metrics } from '@/collectors/catalog';
import { intervalOf } from '@/lib/service/durations';
import { headlineSources, hostSources } from '@/lib/verdict/headline-sources';
import { play } from '@/lib/verdict/scenarios';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings, type ReadingBatch } from './append-readings';
import { appendServiceMinutes } from './append-service-minutes';
import { compareHeadlines } from './compare-headlines';
import { migrate } from './migrate';
import { openPool } from './pool';
import { headroomSources, readHeadroom } from './read-headroom';
import { readVerdict } from './read-verdict';
import { registerService } from './register-service';

let server: RunningPostgres;
let db: pg.Pool;
const now = Date.UTC(2026, 2, 29, 14, 0, 0);
const everyMs = 10_000;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('calm'), ('storm'), ('empty'), ('disk');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('a', 1, 'postgres', 'h', 1, 'd', 'u', now()), ('b', 2, 'mariadb', 'h', 2, 'd', 'u', now()), ('c', 2, 'mariadb', 'h', 3, 'd', 'u', now()),
         ('d', 4, 'postgres', 'm', 4, 'd', 'u', now()), ('e', 4, 'postgres', 'm', 5, 'd', 'u', now());
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
  const sources = engine === 'host' ? hostSources : (headlineSources[engine] ?? []);
  for (const source of sources) {
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
  for (const source of [...Object.values(headlineSources).flat(), ...hostSources]) {
    const metric = metrics.find(({ id }) => id === source.metric);
    expect(Object.keys(metric?.columns ?? {}), source.metric).toEqual(
      expect.arrayContaining([...source.columns]),
    );
  }
});

test('every source of headroom is a column of its definition', () => {
  for (const { metric, column } of Object.values(headroomSources))
    expect(metrics.find(({ id }) => id === metric)?.columns, metric).toHaveProperty(column);
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

test('around an event, what changed in each layer is told from what did not', async () => {
  const { rows } = await db.query<{ id: string }>(
    `insert into event (at, kind, cluster_id, text)
     values (to_timestamp($1 / 1000.0), 'deploy', 2, 'shop 1.2'), (to_timestamp($1 / 1000.0), 'deploy', 1, 'elsewhere') returning id::text`,
    [now - 300_000],
  );
  const around = { from: 0, to: 0, around: rows[0]?.id, width_ms: 300_000 };
  const found = await compareHeadlines(db, 2, around);
  expect(found).toMatchObject({
    before: { from: now - 600_000, to: now - 300_000 },
    after: { from: now - 300_000, to: now },
    event: { text: 'shop 1.2' },
  });
  const changed = found?.headlines.filter(({ change }) => change !== 'same');
  expect(changed?.map(({ id, of, change }) => [id, of, change])).toEqual([
    ['lock_waits', 'b', 'worse'],
    ['load', 'b', 'worse'],
  ]);
  const [locks] = changed ?? [];
  expect(locks?.after.median).toBeGreaterThan(4);
  expect(locks?.before.median).toBeLessThan(0.5);
  // The same five minutes of the hour before were watched, those of the day before were not.
  const [from, to] = [now - 300_000, now];
  const day = { before_from: from - 86_400_000, before_to: to - 86_400_000 };
  const unknown = await compareHeadlines(db, 2, { from, to, ...day });
  expect(new Set(unknown?.headlines.map(({ change }) => change))).toEqual(new Set(['unknown']));
  await expect(compareHeadlines(db, 2, { ...around, around: rows[1]?.id })).rejects.toThrow();
  expect(await compareHeadlines(db, 99, around)).toBeNull();
});

test('a service that fails while its database is calm is an application fault, named', async () => {
  const id = await registerService(db, { namespace: '', name: 'web', environment: '' });
  await db.query('update service set cluster_id = 1 where id = $1', [id]);
  await appendServiceMinutes(
    db,
    id ?? 0,
    'metrics',
    Array.from({ length: 60 }, (_, i) => ({
      ...{ routeId: 0, at: now - (60 - i) * 60_000, requests: 600 + (i % 7) * 9, totalMs: 1 },
      errors: i >= 52 ? 60 : i % 2,
      intervals: [{ ...intervalOf(40 + (i % 3)), count: 600 + (i % 7) * 9 }],
    })),
  );
  const verdict = await readVerdict(db, 1, now);
  expect(verdict).toMatchObject({
    ...{ state: 'moved', first: 'application', because: 'alone', calm: ['database'] },
    unmeasured: ['infrastructure'],
  });
  const [move] = verdict?.moves ?? [];
  expect(move?.at).toBe(now - 8 * 60_000);
  expect(move?.evidence.map(({ id: what, of }) => [what, of])).toEqual([['error_ratio', 'web']]);
});

test('a slow disk of a machine that two servers share is told once, before what they feel', async () => {
  const effects: Parameters<typeof fill>[2] = [
    ['disk_latency_ms', 25],
    ['mean_ms', 6, 60],
    ['load', 5, 60],
  ];
  for (const id of [4, 5]) {
    await fill(id, 'postgres', effects);
    await fill(id, 'host', effects);
  }
  const verdict = await readVerdict(db, 4, now);
  expect(verdict).toMatchObject({ state: 'moved', first: 'infrastructure', because: 'before' });
  expect(verdict?.moves[0]?.evidence.map(({ id, of }) => [id, of])).toEqual([
    ['disk_latency_ms', 'm'],
  ]);
  expect(verdict?.unmeasured).toEqual(['application']);
});

test('headroom of a cluster: a machine that two servers share counts once, what is not measured is said', async () => {
  const found = await readHeadroom(db, 4, now);
  const of = (id: string) => found?.resources.filter((one) => one.id === id) ?? [];
  expect(of('cpu').map((one) => one.of)).toEqual(['m']);
  const [cpu] = of('cpu');
  expect(cpu?.unknown).toBeNull();
  expect(cpu?.factor).toBeCloseTo(1 / (cpu?.used ?? 0), 6);
  expect(
    of('connections')
      .map((one) => one.of)
      .toSorted(),
  ).toEqual(['d', 'e']);
  expect(of('disk_busy')).toEqual([
    expect.objectContaining({ used: null, factor: null, unknown: 'not_measured' }),
  ]);
  expect(await readHeadroom(db, 99, now)).toBeNull();
});

test('a cluster that is not there has no verdict, one without an instance neither', async () => {
  expect(await readVerdict(db, 99, now)).toBeNull();
  expect(await readVerdict(db, 3, now)).toBeNull();
});
