import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeStatement } from '@/lib/statement/describe-statement';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendStatements, registerStatements, type StatementDelta } from './append-statements';
import { type CompareQuery, compareStatements } from './compare-statements';
import { migrate } from './migrate';
import { openPool } from './pool';
import { fineMs, mergeRecentReadings, sumStatementHour } from './sum-statements';

let server: RunningPostgres;
let db: pg.Pool;
const hour = 3_600_000;
const minute = 60_000;
const start = Date.UTC(2026, 2, 29, 0, 0, 0);
let keys: Map<string, number>;

const deltaOf = (
  name: string,
  calls: number,
  mean: number,
  stddev = mean / 10,
): StatementDelta => ({
  ...{ keyId: keys.get(`10/5/${name}/t`) as number, calls, totalMs: calls * mean },
  ...{
    sumSqMs: stddev ** 2 * Math.max(0, calls - 1) + calls * mean ** 2,
    planMs: null,
    rows: calls,
  },
  ...{ blocksHit: 0, blocksRead: calls, blocksDirtied: 0, blocksWritten: 0, tempBlocksRead: 0 },
  ...{ tempBlocksWritten: 0, readMs: null, writeMs: null, walBytes: null, jitMs: null },
});
const append = (instanceId: number, toAt: number, deltas: StatementDelta[]) =>
  appendStatements(
    db,
    { instanceId, fence: 1n },
    {
      ...{ fromAt: toAt - minute, toAt, partial: null, deltas, hidden: null, evictions: null },
    },
  );

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('c'), ('other');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       select 'i' || n, 1, 'postgres', 'h', 5432, 'd', 'watcher', now() from generate_series(1, 2) n;
     insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 hour' from instance`,
  );
  keys = await registerStatements(
    db,
    1,
    ['slow', 'fast', 'same', 'new', 'gone', 'rare', 'ours'].map((name) => ({
      ...{ userid: '10', dbid: '5', queryid: name, toplevel: true },
      userName: name === 'ours' ? 'watcher' : 'u',
      ...{
        databaseName: 'd',
        statement: { id: name, text: `select ${name}`, kind: 'select', tables: [] },
      },
    })),
  );
  // Two hours a minute at a time; a mark lies between them.
  for (let n = 1; n <= 120; n++) {
    const first = n <= 60;
    await append(1, start + n * minute, [
      deltaOf('slow', 100, first ? 5 : 50),
      deltaOf('fast', 100, first ? 20 : 2),
      deltaOf('same', 100, 10, 5),
      ...(first ? [deltaOf('gone', 10, 3)] : [deltaOf('new', 10, 7)]),
      ...(n % 60 === 1 ? [deltaOf('rare', 1, first ? 1 : 9)] : []),
      deltaOf('ours', 1, 0),
    ]);
  }
  await db.query(
    `insert into event (at, kind, cluster_id, instance_id, text, details)
     values ($1, 'deploy', 1, null, 'v2', '{}'), ($1, 'deploy', 2, null, 'elsewhere', '{}')`,
    [new Date(start + hour)],
  );
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

const compare = (more: Partial<CompareQuery> = {}) =>
  compareStatements(db, {
    ...{ instanceIds: [1], from: start + hour, to: start + 2 * hour, limit: 100, ...more },
  });
const states = async (more: Partial<CompareQuery> = {}) =>
  (await compare(more)).statements.map(({ id, state }) => `${id} ${state}`);

test('puts regressions first, then new, faster, gone and the rest, with exact sums', async () => {
  const found = await compare();
  expect(found.statements.map(({ id, state }) => `${id} ${state}`)).toEqual([
    ...['slow slower', 'new new', 'fast faster', 'gone gone', 'same same', 'rare same'],
  ]);
  expect(found.counts).toEqual({ slower: 1, new: 1, faster: 1, gone: 1, same: 2, unknown: 0 });
  const [slow] = found.statements;
  expect(slow).toMatchObject({
    ...{ mean_ratio: 10, beyond_noise: true, text: 'select slow' },
    before: { calls: 6000, total_ms: 30_000, mean_ms: 5, rows: 6000, blocks_read: 6000 },
    after: { calls: 6000, total_ms: 300_000, mean_ms: 50 },
  });
  expect(slow?.after.stddev_ms).toBeCloseTo(5, 1);
  expect(slow?.change_ms_per_s).toBeCloseTo(270_000 / 3600);
  expect(found.before.watched).toBeCloseTo(1);
  expect(found.totals.before_ms_per_s).toBeCloseTo((6000 * 35 + 600 * 3 + 1) / 3600);
});

test('what the login that watches ran is counted and not listed, unless it is asked for', async () => {
  expect((await compare()).own_statements).toBe(1);
  expect(await states({ statement: 'ours' })).toEqual(['ours same']);
});

test('gives the same after the hours were summed', async () => {
  const before = await compare();
  const client = await db.connect();
  await sumStatementHour(client, start);
  await sumStatementHour(client, start + hour);
  client.release();
  const after = await compare();
  expect(after.counts).toEqual(before.counts);
  for (const [index, one] of after.statements.entries()) {
    expect(one.id).toBe(before.statements[index]?.id);
    expect(one.after.calls).toBe(before.statements[index]?.after.calls);
    expect(one.after.total_ms).toBeCloseTo(before.statements[index]?.after.total_ms ?? 0, 6);
  }
});

test('compares around a mark, the same windows as by hand', async () => {
  const around = await compare({ around: '1', width_ms: hour });
  const byHand = await compare();
  expect(around.event).toMatchObject({ id: '1', text: 'v2' });
  expect(around.statements).toEqual(byHand.statements);
  await expect(compare({ around: '2' })).rejects.toMatchObject({ status: 404 });
  await expect(compare({ around: '99' })).rejects.toMatchObject({ status: 404 });
});

test('windows of another length are compared by the second, and what was not watched is neither new nor gone', async () => {
  const longer = await compare({ from: start + hour, to: start + 1.5 * hour });
  expect(longer.statements.find(({ id }) => id === 'same')).toMatchObject({ state: 'same' });
  const half = await compare({
    ...{ before_from: start + 30 * minute, before_to: start + 60 * minute },
    ...{ from: start + hour, to: start + 2 * hour },
  });
  expect(half.statements.find(({ id }) => id === 'same')?.change_ms_per_s).toBeCloseTo(0);
  expect(half.statements.find(({ id }) => id === 'gone')?.state).toBe('gone');
  // Before the beginning nothing was watched.
  const unknown = await states({
    ...{ from: start, to: start + hour, before_from: start - hour, before_to: start },
  });
  expect(new Set(unknown.map((one) => one.split(' ')[1]))).toEqual(new Set(['unknown']));
  expect(await states({ state: 'new' })).toEqual(['new new']);
  expect(await states({ statement: 'fast' })).toEqual(['fast faster']);
});

test('the totals are those of the instances watched in both windows: one that was added is no rise', async () => {
  const from = start + 5 * hour;
  await append(1, from + minute, [deltaOf('same', 60, 10)]);
  await append(1, from + 2 * minute, [deltaOf('same', 60, 10)]);
  const [keyId] = (
    await registerStatements(db, 2, [
      {
        ...{ userid: '10', dbid: '5', queryid: 'slow', toplevel: true, userName: 'u' },
        databaseName: 'd',
        statement: { id: 'slow', text: 'select slow', kind: 'select', tables: [] },
      },
    ])
  ).values();
  await append(2, from + 2 * minute, [{ ...deltaOf('slow', 1000, 50), keyId: keyId as number }]);
  const windows = {
    ...{ before_from: from, before_to: from + minute },
    ...{ from: from + minute, to: from + 2 * minute },
  };
  const found = await compare({ instanceIds: [1, 2], ...windows });
  expect(found.totals).toEqual({ before_ms_per_s: 10, after_ms_per_s: 10 });
  expect(found.before.watched).toBe(0);
  const added = await compare({ instanceIds: [2], ...windows });
  expect(added.totals).toEqual({ before_ms_per_s: null, after_ms_per_s: null });
});

test('says which readings of either window are a lower bound', async () => {
  const from = start + 7 * hour;
  for (const [n, partial] of [null, 'restarted', null, 'reset'].entries())
    await appendStatements(
      db,
      { instanceId: 1, fence: 1n },
      {
        ...{ fromAt: from + n * minute, toAt: from + (n + 1) * minute, partial },
        ...{ deltas: [deltaOf('same', 1, 10)], hidden: null, evictions: null },
      },
    );
  const partialOf = async (to: number) =>
    (
      await compare({
        ...{ before_from: from, before_to: from + 2 * minute },
        ...{ from: from + 2 * minute, to: from + to * minute },
      })
    ).partial;
  expect(await partialOf(4)).toEqual([
    { instance: '1', reason: 'reset', from: from + 3 * minute, to: from + 4 * minute },
    { instance: '1', reason: 'restarted', from: from + minute, to: from + 2 * minute },
  ]);
  expect((await partialOf(3)).map(({ reason }) => reason)).toEqual(['restarted']);
});

test('no comment of a watched server keeps its statements from being stored', async () => {
  const statement = await describeStatement("select 'x' /*route='%00',action='%ED%A0%80'*/");
  const seen = { userid: '10', dbid: '5', queryid: 'hostile', toplevel: true };
  const stored = await registerStatements(db, 1, [
    { ...seen, userName: 'u', databaseName: 'd', statement },
  ]);
  expect(stored.size).toBe(1);
});

test('readings are merged to minutes while their hour runs, and nothing changes but their number', async () => {
  const from = start + 10 * hour;
  const ten = (n: number) =>
    appendStatements(
      db,
      { instanceId: 1, fence: 1n },
      {
        ...{ fromAt: from + (n - 1) * 10_000, toAt: from + n * 10_000, partial: null },
        ...{ deltas: [deltaOf('slow', n, 5)], hidden: null, evictions: null },
      },
    );
  // The 20th is late.
  for (let n = 1; n <= 60; n++) if (n !== 20) await ten(n);
  const counted = async () =>
    (await compare({ from, to: from + 600_000, statement: 'slow' })).statements[0]?.after.calls;
  const rows = async () =>
    (await db.query('select from statement_reading where to_at > $1', [new Date(from)])).rowCount;
  const before = await counted();
  const client = await db.connect();
  await mergeRecentReadings(client, from + 10 * minute);
  expect(await rows()).toBe(59);
  await mergeRecentReadings(client, from + 10 * minute + fineMs);
  // Ten minutes, one of them in two parts around the gap.
  expect(await rows()).toBe(11);
  expect(await counted()).toBe(before);
  await ten(20);
  await mergeRecentReadings(client, from + 10 * minute + fineMs);
  client.release();
  expect(await counted()).toBe((before ?? 0) + 20);
  expect(await rows()).toBe(10);
});
