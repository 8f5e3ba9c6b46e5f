import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings, type ReadingBatch } from './append-readings';
import { appendStatements, registerStatements, type StatementDelta } from './append-statements';
import { compactHour } from './compact';
import { heartbeat, holdLeases, leaseMs } from './lease';
import { migrate } from './migrate';
import { hourMs, listPartitions } from './partitions';
import { openPool } from './pool';
import { readHealth } from './read-health';
import { readLatest } from './read-latest';
import { readSeries } from './read-series';
import { readStatementSeries } from './read-statement-series';
import { readStatements } from './read-statements';
import { rollUpDay } from './roll-up';
import { sumStatementHour } from './sum-statements';
import { tend } from './tend';

let server: RunningPostgres;
let db: pg.Pool;
const lease = { instanceId: 1, fence: 1n };
/** An hour long past, so that nothing here depends on the clock. */
const start = Date.UTC(2026, 2, 29, 0, 0, 0);
const everyMs = 10_000;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('c');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       select 'i' || n, 1, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, 4) n;
     insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 hour' from instance`,
  );
});
beforeEach(() =>
  db.query(`update lease set owner = 'test', fence = 1, expires_at = now() + interval '1 hour'`),
);
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

function batch(metric: string, at: number, values: Record<string, number | null>): ReadingBatch {
  return {
    lease,
    readings: [
      {
        metric,
        at,
        everyMs,
        columns: [{ name: 'v', kind: 'counter' }],
        rows: Object.entries(values).map(([name, value]) => ({
          labels: { name },
          values: [value],
          rates: [value === null ? null : value / 10],
        })),
      },
    ],
  };
}
const read = (metric: string, from: number, to: number, points = 1000, raw = true) =>
  readSeries(db, { instanceIds: [1], metric, column: 'v', from, to, points, raw });

test('migrating again changes nothing', async () => {
  expect((await migrate(server.url())).applied).toEqual([]);
});

test('writing a reading twice stores it once, and a lower fence is refused', async () => {
  const one = batch('postgres.replay', start, { a: 1 });
  expect((await appendReadings(db, [one])).written).toBe(1);
  expect((await appendReadings(db, [one])).written).toBe(0);
  const stale = { ...one, lease: { instanceId: 1, fence: 0n } };
  expect((await appendReadings(db, [stale])).rejected).toEqual([stale.lease]);
  const { series } = await read('postgres.replay', start, start + everyMs);
  expect(series[0]?.points).toEqual([[start, 1]]);
});

test('whatever was written is read the same from the hot rows, the blocks and the rollup, gaps included', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.integer({ min: -1000, max: 1000 }), { freq: 4 }), {
        minLength: 5,
        maxLength: 400,
      }),
      fc.integer({ min: 1, max: 30 }),
      async (values, points) => {
        const metric = `postgres.tiers-${run++}`;
        await appendReadings(
          db,
          values.flatMap((value, i) =>
            value === null
              ? []
              : [batch(metric, start + i * everyMs, { a: value, ...(i % 3 === 0 && { b: i }) })],
          ),
        );
        const to = start + values.length * everyMs;
        const fine = await read(metric, start, to);
        const coarse = await read(metric, start, to, points);
        for (const part of await listPartitions(db, 'hot_sample')) await compact(part);
        expect(await read(metric, start, to)).toEqual(fine);
        const again = await read(metric, start, to, points);
        expect(again.series.map((one) => one.min)).toEqual(coarse.series.map((one) => one.min));
        const expected = values.map((value, i) => [start + i * everyMs, value]);
        if (values.some((value) => value !== null)) {
          const a = fine.series.find((one) => one.labels.name === 'a');
          expect(a?.points).toEqual(expected);
        }
      },
    ),
    { seed: 42, numRuns: 15 },
  );
});

async function compact(part: { name: string; from: number }) {
  const client = await db.connect();
  try {
    await compactHour(client, part);
  } finally {
    client.release();
  }
  const { forgetPartitions } = await import('./partitions');
  forgetPartitions(db);
}

test('a late reading is merged into the hour that was compacted before', async () => {
  const metric = 'postgres.late';
  await appendReadings(db, [
    batch(metric, start, { a: 1 }),
    batch(metric, start + 2 * everyMs, { a: 3 }),
  ]);
  for (const part of await listPartitions(db, 'hot_sample')) await compact(part);
  await appendReadings(db, [
    batch(metric, start + everyMs, { a: 2 }),
    batch(metric, start, { a: 99 }),
  ]);
  for (const part of await listPartitions(db, 'hot_sample')) await compact(part);
  const { series } = await read(metric, start, start + 3 * everyMs);
  expect(series[0]?.points.map(([, value]) => value)).toEqual([1, 2, 3]);
});

test('long ranges keep lowest and highest through the rollup', async () => {
  const metric = 'postgres.rollup';
  const values = Array.from({ length: 720 }, (_, i) => Math.sin(i) * 100);
  await appendReadings(
    db,
    values.map((value, i) => batch(metric, start + i * everyMs, { a: value })),
  );
  for (const part of await listPartitions(db, 'hot_sample')) await compact(part);
  const range = [start, start + 3 * 24 * hourMs] as const;
  const before = await read(metric, ...range, 72);
  const client = await db.connect();
  await rollUpDay(client, start);
  client.release();
  const after = await read(metric, ...range, 72);
  const round = (list: (number | null)[] | undefined) =>
    list?.map((v) => (v === null ? null : Math.round(v * 1e6)));
  expect(round(after.series[0]?.max)).toEqual(round(before.series[0]?.max));
  expect(round(after.series[0]?.points.map(([, v]) => v))).toEqual(
    round(before.series[0]?.points.map(([, v]) => v)),
  );
  await appendReadings(db, [batch(metric, start + 721 * everyMs, { a: 5000 })]);
  for (const part of await listPartitions(db, 'hot_sample')) await compact(part);
  const late = await read(metric, ...range, 72);
  expect(Math.max(...(late.series[0]?.max ?? []).map((v) => v ?? 0))).toBe(5000);
});

test('the newest reading is the present, an old one is not', async () => {
  const at = Math.floor(Date.now() / everyMs) * everyMs;
  await appendReadings(db, [
    batch('postgres.now', at - everyMs, { a: 1 }),
    batch('postgres.now', at, { a: 2 }),
  ]);
  const latest = await readLatest(db, { metrics: ['postgres.now', 'postgres.replay'] });
  expect(latest).toMatchObject([
    { metric: 'postgres.now', at, value: 2, rate: 0.2, labels: { name: 'a' } },
  ]);
});

const delta = (keyId: number, calls: number): StatementDelta => ({
  keyId,
  calls,
  totalMs: calls * 2,
  sumSqMs: calls * 4,
  planMs: null,
  rows: calls,
  blocksHit: 0,
  blocksRead: 0,
  blocksDirtied: 0,
  blocksWritten: 0,
  tempBlocksRead: 0,
  tempBlocksWritten: 0,
  readMs: null,
  writeMs: null,
  walBytes: null,
  jitMs: null,
});

test('calls of a window are exactly the sum of its readings, also after the hour was summed', async () => {
  const keys = await registerStatements(
    db,
    1,
    ['1', '2'].map((queryid) => ({
      userid: '10',
      dbid: '5',
      queryid,
      toplevel: true,
      userName: 'u',
      databaseName: 'd',
      statement: {
        id: `000000000000000${queryid}`,
        text: `select ${queryid}`,
        kind: 'select',
        tables: queryid === '2' ? ['shop.orders'] : [],
      },
    })),
  );
  const [first = 0, second = 0] = [...keys.values()];
  const reading = (i: number) => ({
    fromAt: start + i * everyMs,
    toAt: start + (i + 1) * everyMs,
    partial: i === 50 ? 'reset' : null,
    deltas: [...(i % 2 ? [delta(second, 1)] : []), delta(first, i)], // In no order.
    hidden: null,
    evictions: 0,
  });
  const late = 121;
  for (let i = 0; i < 400; i++) {
    if (i === late) continue;
    expect(await appendStatements(db, lease, reading(i))).toBe(true);
    if (i % 100 === 0) expect(await appendStatements(db, lease, reading(i))).toBe(true);
  }
  const window = (from: number, to: number) =>
    readStatements(db, { instanceIds: [1], from, to, sort: 'calls', limit: 1 });
  const sum = (from: number, to: number) => ((from + to) * (to - from + 1)) / 2;
  const check = async (missing: number) => {
    const all = await window(start, start + 400 * everyMs);
    const ofSecond = 200 - (missing ? 1 : 0);
    expect(all.totals.calls).toBe(sum(0, 399) - missing + ofSecond);
    expect(all.statements[0]?.sums.calls).toBe(sum(0, 399) - missing);
    expect(all.statements[0]?.sums.plan_ms).toBeNull();
    expect(all.other).toMatchObject({ statements: 1, calls: ofSecond });
    const range = { from: start, to: start + 400 * everyMs, sort: 'calls' as const, limit: 5 };
    const ofTable = (table: string) => readStatements(db, { instanceIds: [1], ...range, table });
    expect((await ofTable('shop.orders')).statements).toMatchObject([
      { sums: { calls: ofSecond } },
    ]);
    expect((await ofTable('orders')).statements).toEqual([]);
    expect(all.partial).toMatchObject([{ reason: 'reset', from: start + 50 * everyMs }]);
    // Readings of a past hour are merged to minutes: 102 and 378 steps of 10 s are whole ones.
    const part = await window(start + 102 * everyMs, start + 378 * everyMs);
    expect(part.statements[0]?.sums.calls).toBe(sum(102, 377) - missing);
    // The window before it began long before anything was read: there is nothing to compare with.
    expect(part.statements[0]?.previous).toBeNull();
    const whole = await window(start + 198 * everyMs, start + 396 * everyMs);
    expect(whole.statements[0]?.previous?.calls).toBe(sum(0, 197) - missing);
    const { points } = await readStatementSeries(db, {
      ...{ id: '0000000000000001', instanceIds: [1], points: 20 },
      ...{ from: start, to: start + 360 * everyMs },
    });
    expect(points.map((point) => point.calls).reduce((a, b) => a + b)).toBe(sum(0, 359) - missing);
    expect(points.map((point) => point.seconds)).toEqual(
      points.map((_, i) => (missing && i === 6 ? 170 : 180)),
    );
  };
  const stored = async () =>
    (await db.query('select count(*)::int as n from statement_reading')).rows[0].n;
  const summedCalls = async () =>
    (
      await db.query(
        'select sum(c)::int as n from statement_hour h, unnest(h.calls) c where h.to_at = $1',
        [new Date(start + hourMs)],
      )
    ).rows[0].n;
  await check(late);
  const client = await db.connect();
  for (let hour = 0; hour < 2; hour++) await sumStatementHour(client, start + hour * hourMs);
  client.release();
  // 67 minutes; the partial reading stays alone and splits its minute in three, the missing one splits its in two.
  expect(await stored()).toBe(67 + 2 + 1);
  await check(late);
  // Past retention the sums may be all that is left: made anew, they would lose all but the late ones.
  const expired = reading(late);
  expect(await summedCalls()).toBe(sum(0, 359) + 180 - late - 1);
  await appendStatements(db, lease, { ...expired, toAt: expired.fromAt + 5000 });
  expect(await summedCalls()).toBe(sum(0, 359) + 180 - late - 1);
  await db.query('delete from statement_reading where to_at = $1', [
    new Date(expired.fromAt + 5000),
  ]);
  await db.query(
    `insert into setting (key, value) values ('retention', '{"statement_reading": 4000}')`,
  );
  for (let twice = 0; twice < 2; twice++) {
    await appendStatements(db, lease, reading(late));
    await appendStatements(db, lease, reading(30));
  }
  await check(0);
  await db.query(`delete from setting where key = 'retention'`);
});

test('of readings that overlap one is stored, also when two collectors send them at once', async () => {
  const from = start + 500 * hourMs;
  for (let n = 0; n < 10; n++) {
    const fromAt = from + n * 100_000;
    const reading = (shift: number) => ({
      fromAt: fromAt + shift,
      toAt: fromAt + shift + everyMs,
      partial: null,
      deltas: [delta(1, 1)],
      hidden: null,
      evictions: 0,
    });
    await Promise.all(
      [0, 3000, 6000].map((shift) => appendStatements(db, lease, reading(shift), { late: true })),
    );
  }
  const { rows } = await db.query(
    'select count(*)::int as n from statement_reading where instance_id = 1 and from_at >= $1',
    [new Date(from)],
  );
  expect(rows[0].n).toBe(10);
});

test('an instance has one holder; a dead one’s is taken over with a higher fence', async () => {
  await db.query('delete from lease');
  const seen = (id: string) =>
    db.query(
      `insert into collector (id, host, pid, version, started_at, last_seen) values ($1, 'h', 1, '0', now(), now())
       on conflict (id) do update set last_seen = now()`,
      [id],
    );
  await seen('one');
  expect((await holdLeases(db, 'one')).length).toBe(4);
  await seen('two');
  expect(await holdLeases(db, 'two')).toEqual([]);
  expect((await holdLeases(db, 'one')).length).toBe(2);
  expect((await holdLeases(db, 'two')).length).toBe(2);
  await db.query(`delete from collector where id = 'one'`);
  await db.query(`update lease set expires_at = now() - interval '1 ms' where owner = 'one'`);
  const taken = await holdLeases(db, 'two');
  expect(taken.length).toBe(4);
  expect(Math.max(...taken.map((one) => Number(one.fence)))).toBeGreaterThan(1);
  expect(leaseMs).toBeLessThanOrEqual(15_000);
});

test('tending makes partitions ahead and drops what is past retention, twice with the same result', async () => {
  const now = Date.now();
  await tend(db, now);
  const names = async () => (await listPartitions(db, 'hot_sample')).map((part) => part.from);
  const first = await names();
  expect(first.filter((from) => from > now).length).toBe(2);
  await tend(db, now);
  expect(await names()).toEqual(first);
  const blocks = await listPartitions(db, 'block');
  expect(blocks.every((part) => part.to > now - 31 * 24 * hourMs)).toBe(true);
});

test('an hour in which a metric never had a row, and has gaps, is compacted like any other', async () => {
  await appendReadings(db, [
    batch('postgres.empty', start, {}),
    batch('postgres.empty', start + 3 * everyMs, {}),
  ]);
  for (const part of await listPartitions(db, 'hot_sample')) await compact(part);
  expect((await read('postgres.empty', start, start + hourMs)).series).toEqual([]);
});

test('a step of tending that fails is named, holds up no other, and is reported until it works', async () => {
  const now = Date.now();
  const healthy = async () =>
    (await readHealth(db)).problems.filter((one) => one.code === 'store_tending');
  await appendReadings(db, [
    batch('postgres.stuck', start, { a: 1 }),
    batch('postgres.free', start + hourMs, { a: 2 }),
  ]);
  const [stuck, free] = await listPartitions(db, 'hot_sample');
  await db.query(`create view holds_it as select * from ${stuck?.name}`);
  const done = await tend(db, now);
  expect(done?.failed).toMatchObject([{ step: `compact ${stuck?.name}` }]);
  expect((await listPartitions(db, 'hot_sample')).map((part) => part.name)).not.toContain(
    free?.name,
  );
  expect(await healthy()).toHaveLength(1);
  await db.query('drop view holds_it');
  expect((await tend(db, now))?.failed).toEqual([]);
  expect(await healthy()).toEqual([]);
});

test('that rules are not evaluated is said while a collector runs, and no more when they are', async () => {
  const evaluated = (ms: number) =>
    db.query(
      `insert into setting (key, value) values ('alerts.evaluated', to_jsonb($1::float8))
       on conflict (key) do update set value = excluded.value`,
      [Date.now() - ms],
    );
  const late = async () =>
    (await readHealth(db)).problems.filter((one) => one.code === 'alerts_late');
  await db.query('delete from collector');
  await evaluated(61_000);
  expect((await readHealth(db)).problems.map((one) => one.code)).toEqual(['no_collector']);
  const node = { id: 'here', host: 'h', pid: 1, version: '1', startedAt: new Date() };
  await heartbeat(db, node);
  expect(await late()).toMatchObject([{ since_ms: expect.any(Number) }]);
  expect((await readHealth(db)).status).toBe('degraded');
  await evaluated(5_000);
  expect(await late()).toEqual([]);
});

test('a late reading makes the rollup of its day anew when the store is next tended', async () => {
  const metric = 'postgres.late-day';
  const day = Math.floor(Date.now() / (24 * hourMs)) * 24 * hourMs - 3 * 24 * hourMs;
  const range = [day, day + 3 * 24 * hourMs] as const;
  const highest = async () =>
    (await read(metric, ...range, 72)).series.flatMap((line) => line.max).filter((v) => v !== null);
  await appendReadings(db, [batch(metric, day, { a: 1 })]);
  await tend(db, Date.now());
  expect(await highest()).toEqual([1]);
  await appendReadings(db, [batch(metric, day + everyMs, { a: 7 })]);
  expect((await tend(db, Date.now()))?.rolledUp).toBe(1);
  expect(await highest()).toEqual([7]);
});

test('kill -9 of the server in the middle of writing leaves each sample whole and once', async () => {
  const at = Math.floor(Date.now() / hourMs) * hourMs;
  const acknowledged = new Set<number>();
  let next = 0;
  for (let round = 0; round < 5; round++) {
    const crash = new Promise((resolve) => setTimeout(resolve, 120 + round * 37)).then(() =>
      server.kill9(),
    );
    for (let failed = false; !failed; ) {
      const i = next++;
      failed = await appendReadings(db, [batch('postgres.crash', at + i * everyMs, { a: i })]).then(
        () => !acknowledged.add(i),
        () => true,
      );
    }
    await crash;
    await server.restart();
  }
  const { series } = await read('postgres.crash', at, at + next * everyMs, next);
  const stored = new Map(series[0]?.points.map(([t, value]) => [(t - at) / everyMs, value]));
  for (const i of acknowledged) expect(stored.get(i)).toBe(i);
  for (const [i, value] of stored) expect([i, null]).toContain(value);
  expect(acknowledged.size).toBeGreaterThan(10);
});

test('kill -9 of the server in the middle of compacting loses and doubles nothing', async () => {
  const metric = 'postgres.crash-compaction';
  const names = Array.from({ length: 300 }, (_, n) => `n${n}`);
  const value = (i: number, n: number) => i * 1000 + n;
  const outcomes = { done: 0, killed: 0 };
  let tookMs = 0;
  for (let round = 0; round < 8; round++) {
    const hour = start + (1000 + round) * hourMs;
    await appendReadings(
      db,
      Array.from({ length: 360 }, (_, i) =>
        batch(
          metric,
          hour + i * everyMs,
          Object.fromEntries(names.map((name, n) => [name, value(i, n)])),
        ),
      ),
    );
    const part = (await listPartitions(db, 'hot_sample')).find((one) => one.from === hour);
    if (!part) throw new Error('the hour has no partition');
    // The first is left in peace; the others are killed at an eighth of its time, two eighths, and so on.
    const pid = await server.pid();
    const started = performance.now();
    const crash =
      round === 0
        ? null
        : new Promise((resolve) => setTimeout(resolve, (tookMs * round) / 8)).then(() =>
            process.kill(pid, 'SIGKILL'),
          );
    await compact(part).then(
      () => outcomes.done++,
      () => outcomes.killed++,
    );
    tookMs ||= performance.now() - started;
    await crash;
    if (crash) await server.restart();
    const check = async () => {
      const { series } = await read(metric, hour, hour + hourMs, 360);
      expect(series).toHaveLength(names.length);
      for (const { labels, points } of series)
        expect(points.map(([, v]) => v)).toEqual(
          points.map((_, i) => value(i, Number(labels.name?.slice(1)))),
        );
    };
    await check();
    for (const again of await listPartitions(db, 'hot_sample')) await compact(again);
    await check();
  }
  expect(outcomes.killed).toBeGreaterThan(0);
});
