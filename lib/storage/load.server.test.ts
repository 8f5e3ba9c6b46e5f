import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoadKey, LoadReading } from '@/lib/activity/sum-load';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendLoad, mergeLoadHour } from './append-load';
import { appendStatements, registerStatements } from './append-statements';
import { migrate } from './migrate';
import { openPool } from './pool';
import { readLoad } from './read-load';
import { readStatements, type StatementsQuery } from './read-statements';
import { readTagGroups } from './read-tag-groups';

let server: RunningPostgres;
let db: pg.Pool;
const start = Date.UTC(2026, 2, 29, 0, 0, 0);
const lease = (instanceId: number) => ({ instanceId, fence: 1n });

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('c');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       select 'i' || n, 1, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, 3) n;
     insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 hour' from instance`,
  );
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

const key = (more: Partial<LoadKey>): LoadKey => ({
  ...{ state: 'active', wait: 'CPU', event: null, user: 'shop', database: 'shop' },
  ...{ application: 'web', statement: '10/5/77/t', blocker: null, ...more },
});
const reading = (at: number, samples: number, rows: [LoadKey, number][]): LoadReading => ({
  ...{ fromAt: at - 10_000, toAt: at, samples, waits: [] },
  rows: rows.map(([one, sessions]) => ({ ...one, sessions })),
});
const window = (more = {}) => ({
  ...{ instanceIds: [1], from: start, to: start + 3_600_000, points: 60, by: 'wait' as const },
  ...{ top: 10, filter: {}, ...more },
});
const averages = async (more = {}) =>
  (await readLoad(db, window(more))).slices.map(({ key: name, average }) => [name, average]);

test('load is what was seen over the samples taken; an idle transaction is none, a pause is unknown', async () => {
  const locked = key({ wait: 'Lock', event: 'tuple', blocker: 'admin@shop, pid 7' });
  for (const [n, rows] of [
    [1, [[key({}), 20]]],
    [
      2,
      [
        [locked, 10],
        [key({ state: 'idle in transaction', application: 'admin' }), 10],
      ],
    ],
    // Sampling paused here for a minute and more.
    [22, [[key({}), 5]]],
  ] as [number, [LoadKey, number][]][])
    await appendLoad(db, lease(1), reading(start + n * 10_000, 10, rows), {});
  const load = await readLoad(db, window());
  expect(load).toMatchObject({ samples: 30, step_ms: 60_000, cores: null });
  expect(load.average).toBeCloseTo(35 / 30);
  expect(load.slices).toMatchObject([
    { key: 'CPU', average: expect.closeTo(25 / 30), share: expect.closeTo(25 / 35) },
    { key: 'Lock', average: expect.closeTo(10 / 30), share: expect.closeTo(10 / 35) },
  ]);
  expect(load.slices[0]?.points).toEqual([
    [start, 1],
    [start + 60_000, null],
    [start + 120_000, null],
    [start + 180_000, 0.5],
  ]);
  expect(await averages({ by: 'blocker' })).toEqual([['admin@shop, pid 7', 10 / 30]]);
  expect(await averages({ by: 'event', filter: { blocker: 'admin@shop, pid 7' } })).toEqual([
    ['Lock:tuple', 10 / 30],
  ]);
  expect(await averages({ filter: { user: 'nobody' } })).toEqual([]);
});

test('what was read twice, or by two collectors, counts once', async () => {
  const twice = reading(start + 22 * 10_000, 10, [[key({}), 5]]);
  expect(await appendLoad(db, lease(1), twice, {})).toBe(true);
  await appendLoad(db, lease(1), { ...twice, toAt: twice.toAt - 3000 }, {});
  expect((await readLoad(db, window())).samples).toBe(30);
  expect(await appendLoad(db, { instanceId: 1, fence: 0n }, twice, {})).toBe(false);
});

test('merging a finished hour to minutes changes no answer', async () => {
  for (const by of ['wait', 'event', 'application', 'blocker'] as const) {
    const before = await readLoad(db, window({ by }));
    const client = await db.connect();
    await mergeLoadHour(client, start);
    await mergeLoadHour(client, start);
    client.release();
    expect(await readLoad(db, window({ by }))).toEqual(before);
  }
  const { rows } = await db.query('select samples from load_reading order by to_at');
  expect(rows).toEqual([{ samples: 20 }, { samples: 10 }]);
});

test('a statement counts while it runs for the first time, under the name the server has for it', async () => {
  const first = start + 7_200_000;
  const running = key({ statement: '10/5/-99/t' });
  const of = { instanceIds: [2], from: first, to: first + 60_000, by: 'statement' as const };
  await appendLoad(db, lease(2), reading(first + 10_000, 10, [[running, 10]]), {});
  expect((await readLoad(db, window(of))).slices).toMatchObject([
    { key: 'queryid -99', average: 1, text: null, statement: null },
  ]);
  // Seen in a session, before it has ended and is counted.
  const statement = { id: 'aa', text: 'select pg_sleep($1)', kind: 'select', tables: [] };
  await appendLoad(db, lease(2), reading(first + 20_000, 10, [[running, 10]]), {
    '10/5/-99/t': statement,
  });
  const named = [{ key: 'aa', average: 1, text: 'select pg_sleep($1)', statement: 'aa' }];
  expect((await readLoad(db, window(of))).slices).toMatchObject(named);
  // Counted: what pg_stat_statements says goes before.
  const counted = { ...statement, id: 'bb', text: 'select pg_sleep($1) -- whole' };
  await registerStatements(db, 2, [
    {
      ...{ userid: '10', dbid: '5', queryid: '-99', toplevel: true, userName: 'u' },
      ...{ databaseName: 'd', statement: counted },
    },
  ]);
  expect((await readLoad(db, window(of))).slices).toMatchObject([{ key: 'bb', average: 1 }]);
});

test('instances add up, the rest beyond the top is one sum, and their parts make the whole', async () => {
  const at = start + 10_000_000;
  const rows = Array.from({ length: 30 }, (_, n): [LoadKey, number] => [
    key({ application: `app ${n}` }),
    n + 1,
  ]);
  await appendLoad(db, lease(3), reading(at, 10, rows), {});
  await appendLoad(db, lease(2), reading(at, 5, rows), {});
  const load = await readLoad(
    db,
    window({ instanceIds: [2, 3], from: at - 60_000, to: at, by: 'application', top: 5 }),
  );
  const whole = (30 * 31) / 2 / 10 + (30 * 31) / 2 / 5;
  expect(load.average).toBeCloseTo(whole);
  expect(load.unsampled).toEqual(['2']);
  expect(load.slices.map(({ key: name }) => name)).toEqual(
    [29, 28, 27, 26, 25].map((n) => `app ${n}`),
  );
  expect(load.other.slices).toBe(25);
  const parts = load.slices.reduce((sum, { average }) => sum + average, load.other.average);
  expect(parts).toBeCloseTo(whole);
  const points = [...load.slices, load.other].map((one) => one.points.at(-1)?.[1] ?? 0);
  expect(points.reduce((a, b) => a + b)).toBeCloseTo(whole);
});

test('a ranking can be narrowed by kind, by tag, and by the application that was seen executing', async () => {
  const at = start + 20_000_000;
  const seen = ['1', '2'].map((queryid) => ({
    ...{ userid: '10', dbid: '5', queryid, toplevel: true, userName: 'u', databaseName: 'd' },
    statement: {
      ...{
        id: `s${queryid}`,
        text: `select ${queryid}`,
        kind: queryid === '1' ? 'select' : 'update',
      },
      ...{ tables: [], tags: queryid === '1' ? { route: '/orders' } : { action: 'show' } },
    },
  }));
  const keys = await registerStatements(db, 1, seen);
  // A later text of the same statement with another comment adds its tags.
  await registerStatements(
    db,
    1,
    seen.map((one) => ({ ...one, statement: { ...one.statement, tags: { job: 'nightly' } } })),
  );
  const delta = (keyId: number) => ({
    ...{
      keyId,
      calls: 1,
      totalMs: 1,
      sumSqMs: 1,
      planMs: null,
      rows: 1,
      blocksHit: 0,
      blocksRead: 0,
    },
    ...{ blocksDirtied: 0, blocksWritten: 0, tempBlocksRead: 0, tempBlocksWritten: 0 },
    ...{ readMs: null, writeMs: null, walBytes: null, jitMs: null },
  });
  await appendStatements(db, lease(1), {
    ...{ fromAt: at - 10_000, toAt: at, partial: null, hidden: null, evictions: null },
    deltas: [...keys.values()].map(delta),
  });
  const batch = key({ application: 'batch', statement: '10/5/2/t' });
  await appendLoad(db, lease(1), reading(at, 10, [[batch, 1]]), {});
  const ids = async (filter: Partial<StatementsQuery>) => {
    const window = { instanceIds: [1], from: at - 60_000, to: at, sort: 'total_ms' as const };
    const found = await readStatements(db, { ...window, limit: 10, ...filter });
    return found.statements.map(({ id }) => id).sort();
  };
  expect(await ids({})).toEqual(['s1', 's2']);
  expect(await ids({ kind: 'update' })).toEqual(['s2']);
  expect(await ids({ tag: 'route:/orders' })).toEqual(['s1']);
  expect(await ids({ tag: 'job:nightly' })).toEqual(['s1', 's2']);
  expect(await ids({ tag: 'route:/other' })).toEqual([]);

  const grouped = (name: string, limit = 10) =>
    readTagGroups(db, { instanceIds: [1], from: at - 60_000, to: at, name, limit });
  const one = { statements: 1, calls: 1, total_ms: 1 };
  const none = { statements: 0, calls: 0, total_ms: 0 };
  expect(await grouped('route')).toEqual({
    ...{ name: 'route', total_ms: 2, other: none, untagged: one },
    groups: [{ ...one, value: '/orders', share: 0.5 }],
  });
  expect((await grouped('job')).groups).toEqual([
    { value: 'nightly', statements: 2, calls: 2, total_ms: 2, share: 1 },
  ]);
  expect((await grouped('framework')).untagged.statements).toBe(2);
  const unread = { instanceIds: [1], from: at + 60_000, to: at + 120_000 };
  expect((await readTagGroups(db, { ...unread, name: 'job', limit: 10 })).total_ms).toBeNull();
  expect(await ids({ application: 'batch' })).toEqual(['s2']);
  expect(await ids({ application: 'nobody' })).toEqual([]);
});
