/** What a real server logs is counted exactly, over rotations and restarts, and without a literal. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgres } from '@/collectors/postgres/engine';
import type { LogMemory, LogReading } from '@/collectors/run/log-reading';
import { testConnection } from '@/collectors/run/test-connection';
import { middleOf, relativeError, tailPercentile } from '@/lib/log/durations';
import { describeStatement } from '@/lib/statement/describe-statement';
import { appendLog, loadLogPosition } from '@/lib/storage/append-log';
import { holdLeases } from '@/lib/storage/lease';
import { mergeLogHour } from '@/lib/storage/merge-log';
import { migrate } from '@/lib/storage/migrate';
import { hourMs } from '@/lib/storage/partitions';
import { openPool } from '@/lib/storage/pool';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { postgresProbe } from '../test-connection';
import { log } from './log';
import { inEnglish, logFunctionSql, settingMs } from './log-source';

const canary = 'CANARY-7f3a';
const noDebian = await whyNoDebian();
const settings = (destination: string) => ({
  shared_preload_libraries: 'pg_stat_statements,auto_explain',
  logging_collector: 'on',
  log_destination: destination,
  log_directory: 'log',
  log_filename: 'server-%H%M%S.log',
  log_line_prefix: '%m [%p] %q%u@%d/%a ',
  log_min_duration_statement: '0',
  log_lock_waits: 'on',
  deadlock_timeout: '100ms',
  log_timezone: 'Asia/Tokyo',
  'auto_explain.log_min_duration': '20',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': destination === 'stderr' ? 'text' : 'json',
});

let store: RunningPostgres;
let db: pg.Pool;
beforeAll(async () => {
  store = await startPostgres();
  await migrate(store.url());
  db = openPool(store.url(), 3);
  await db.query(`insert into cluster (name) values ('one')`);
});
afterAll(async () => {
  await db?.end();
  await store?.stop();
});

/** A collector's part: reads from where the store says, keeps what it read; stopping and starting it forgets the rest. */
async function collector(target: RunningPostgres, instanceId: number) {
  const lease = (await holdLeases(db, 'test')).find((one) => one.instanceId === instanceId);
  if (!lease) throw new Error('no lease');
  const memory: LogMemory = { position: await loadLogPosition(db, instanceId), unsettled: null };
  const session = await postgres.watch([], memory).connect(
    {
      ...{ host: '127.0.0.1', port: target.port, database: 'postgres' },
      ...{ user: 'watcher', password: 'for tests', tls: 'off' },
    },
    'yagura/test',
  );
  return {
    read: async () => {
      const read = await session.log?.read(await session.identify(), 0, 5_000);
      if (!read) throw new Error('nothing was read');
      return read;
    },
    async keep(reading: LogReading) {
      const kept = await appendLog(db, lease, reading);
      memory.position = reading.after;
      memory.unsettled = null;
      return kept;
    },
    stop: () => session.close(),
  };
}

describe.each([
  ['18 jsonlog', 18, 'jsonlog'],
  ['18 csvlog', 18, 'csvlog'],
  ['18 stderr', 18, 'stderr'],
  ['13 csvlog', 13, 'csvlog'],
  ['Debian 15 jsonlog', 15, 'jsonlog'],
] as const)('PostgreSQL %s', (_, version, destination) => {
  const skipped = version === 15 && noDebian !== null;
  let target: RunningPostgres;
  let admin: pg.Client;
  let instanceId: number;
  beforeAll(async () => {
    if (skipped) return;
    const options = { settings: settings(destination) };
    target = await (version === 15
      ? startDebianPostgres(options)
      : startPostgres({ version, ...options }));
    admin = new pg.Client({ connectionString: target.url(), application_name: 'shop' });
    await admin.connect();
    await admin.query(
      `create extension pg_stat_statements; create table t (a int, b text);
       create role watcher login password 'for tests'; grant pg_monitor to watcher`,
    );
    await admin.query('insert into t select i, i::text from generate_series(1, 20000) i');
    await admin.query('analyze t');
    const { rows } = await db.query<{ id: number }>(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
       values ($1, 1, 'postgres', '127.0.0.1', $2, 'postgres', 'watcher', 'off', now()) returning id`,
      [`${version} ${destination}`, target.port],
    );
    instanceId = rows[0]?.id as number;
  });
  afterAll(async () => {
    await admin?.end();
    await target?.stop();
  });

  const counts = async (kind: string, table = 'log_reading') => {
    const { rows } = await db.query<{ bucket: number; n: number; id: string }>(
      `select s.id, bucket, sum(n)::int as n from ${table} r,
         unnest(r.key_ids, r.buckets, r.counts) u (key_id, bucket, n) join log_key k on k.id = u.key_id
         join statement s on s.id = k.statement_id
       where r.instance_id = $1 and s.text ilike $2 group by 1, 2 order by 1, 2`,
      [instanceId, kind],
    );
    return {
      ids: [...new Set(rows.map(({ id }) => id))],
      histogram: new Map(rows.map(({ bucket, n }) => [bucket, n])),
      total: rows.reduce((sum, { n }) => sum + n, 0),
    };
  };

  test.skipIf(skipped)('without the right it says which function gives it', async () => {
    const without = await collector(target, instanceId);
    await expect(without.read()).rejects.toMatchObject({
      code: 'permission_denied',
      fix: expect.stringContaining('CREATE OR REPLACE FUNCTION yagura.read_log'),
    });
    await without.stop();
    // A function of somebody who is no superuser is not called: it would run with the login's rights.
    await admin.query(`create role mallory; create schema yagura authorization mallory; set role mallory;
      create function yagura.read_log(file text, from_byte bigint, bytes integer) returns bytea
        language sql security definer as 'select null::bytea';
      grant usage on schema yagura to watcher; reset role`);
    const lured = await collector(target, instanceId);
    await expect(lured.read()).rejects.toMatchObject({ code: 'permission_denied' });
    await lured.stop();
    await admin.query('drop schema yagura cascade');
    await admin.query(logFunctionSql('watcher'));
    const client = new pg.Client({
      connectionString: target.url('postgres', 'watcher', 'for tests'),
    });
    await client.connect();
    const tested = async () => {
      const login = { user: 'watcher', password: 'for tests', tls: 'off' as const };
      const at = { host: '127.0.0.1', port: target.port, database: 'postgres' };
      const { permissions, excess } = await testConnection(
        { ...postgresProbe, metrics: [log] },
        { ...at, ...login },
        'yagura/test',
      );
      return { ok: permissions.find(({ need }) => need.startsWith('server log'))?.ok, excess };
    };
    expect(await tested()).toEqual({ ok: true, excess: [] });
    // The right to the function behind it is more than is needed: it opens the whole data directory.
    const direct = 'pg_read_binary_file(text, bigint, bigint, boolean)';
    await admin.query(`grant execute on function ${direct} to watcher`);
    const revoke = `REVOKE EXECUTE ON FUNCTION ${direct} FROM "watcher";`;
    expect((await tested()).excess).toEqual([
      { right: `EXECUTE ON FUNCTION ${direct}`, fix_sql: revoke },
    ]);
    await admin.query(`${revoke} revoke execute on function yagura.read_log from watcher`);
    expect((await tested()).ok).toBe(false);
    await admin.query('grant execute on function yagura.read_log to watcher');
    // Nothing but the log folder is opened.
    for (const file of ['../postgresql.conf', 'postgresql.conf', '../global/1260']) {
      const { rows } = await client.query('select yagura.read_log($1, 0, 100) as seen', [file]);
      expect(rows[0]?.seen ?? null).toBeNull();
    }
    await expect(client.query(`select pg_read_binary_file('postgresql.conf')`)).rejects.toThrow();
    await client.end();
  });

  test.skipIf(skipped)(
    'every execution is counted once, over a rotation and a restart of the collector',
    async () => {
      let reader = await collector(target, instanceId);
      expect(await reader.keep(await reader.read())).toBe(true);
      const slept: number[] = [];
      const nap = async (i: number) => {
        const ms = 2 + (i % 10) * 6;
        slept.push(ms);
        // A literal in one half, a parameter in the other: one statement.
        if (i % 2) await admin.query(`select pg_sleep(${ms / 1000}), '${canary}' as tag`);
        else await admin.query('select pg_sleep($1), $2 as tag', [ms / 1000, canary]);
      };
      for (let i = 0; i < 20; i++) await nap(i);
      await reader.keep(await reader.read());
      for (let i = 20; i < 30; i++) await nap(i);
      await sleep(1100); // The next file has another name.
      await admin.query('select pg_rotate_logfile()');
      await sleep(300);
      for (let i = 30; i < 40; i++) await nap(i);
      // Read, and killed before the store had it: read again by the next.
      await reader.read();
      await reader.stop();
      reader = await collector(target, instanceId);
      const reading = await reader.read();
      expect(await reader.keep(reading)).toBe(true);
      // The same reading again, as by a collector that did not hear the answer.
      expect(await reader.keep(reading)).toBe(false);
      await reader.stop();
      reader = await collector(target, instanceId);
      for (let i = 40; i < 60; i++) await nap(i);
      for (let turn = 0; turn < 4; turn++) {
        await sleep(200);
        await reader.keep(await reader.read());
      }
      await reader.stop();

      const { ids, histogram, total } = await counts('select pg_sleep($1), $2 as tag');
      expect(ids).toHaveLength(1);
      expect(total).toBe(60);
      const p95 = tailPercentile(histogram, 60, 0.95) ?? 0;
      expect(p95).toBeGreaterThanOrEqual(56 * (1 - relativeError));
      // What the server itself added is bounded by the slowest it counted.
      const { rows } = await admin.query(
        `select calls::int, max_exec_time, query from pg_stat_statements where query like 'select pg_sleep($1), $2 as tag'`,
      );
      expect(rows.reduce((sum, { calls }) => sum + calls, 0)).toBe(60);
      // The log's literals and pg_stat_statements' parameters are one statement.
      for (const { query } of rows) expect((await describeStatement(query)).id).toBe(ids[0]);
      const max = Math.max(...rows.map((row) => row.max_exec_time));
      expect(p95).toBeLessThanOrEqual((max + 2) * (1 + relativeError));
      expect(middleOf(Math.max(...histogram.keys()))).toBeGreaterThan(max * (1 - relativeError));
    },
  );

  test.skipIf(skipped)(
    'errors by SQLSTATE, slow executions, plans that were executed',
    async () => {
      const reader = await collector(target, instanceId);
      await reader.keep(await reader.read());
      for (let i = 0; i < 3; i++)
        await admin.query(`select 1 / (a - a), '${canary}' from t limit 1`).catch(() => undefined);
      await admin.query(`selec '${canary}'`).catch(() => undefined);
      await admin.query(
        `select count(*), pg_sleep(0.03) from t where b <> '${canary}' and b like '%${canary}%'`,
      );
      for (let turn = 0; turn < 3; turn++) {
        await sleep(200);
        await reader.keep(await reader.read());
      }
      await reader.stop();
      const { rows: errors } = await db.query(
        `select u.sqlstate, s.text, sum(n)::int as n from log_reading r,
         unnest(r.error_key_ids, r.error_sqlstates, r.error_counts) u (key_id, sqlstate, n)
         left join log_key k on k.id = u.key_id left join statement s on s.id = k.statement_id
       where r.instance_id = $1 group by 1, 2 order by 3 desc`,
        [instanceId],
      );
      const states = destination === 'stderr' ? ['XXXXX', 'XXXXX'] : ['22012', '42601'];
      expect(errors).toContainEqual({
        ...{ sqlstate: states[0], n: 3 },
        text: 'select $1 / (a - a), $2 from t limit $3',
      });
      expect(errors).toContainEqual({ sqlstate: states[1], text: null, n: 1 });
      const { rows: plans } = await db.query(
        `select p.generic, p.duration_ms, p.root, s.text from plan p join statement s on s.id = p.statement_id
       where instance_id = $1 and s.text like 'select count(*), pg_sleep%'`,
        [instanceId],
      );
      expect(plans).toHaveLength(1);
      expect(plans[0]).toMatchObject({ generic: false });
      expect(plans[0].duration_ms).toBeGreaterThanOrEqual(30);
      expect(JSON.stringify(plans[0].root)).toContain('"rows_actual": 0'.replace(' ', ''));
      const { rows: slow } = await db.query(
        `select e.*, k.user_name, k.database_name from slow_execution e join log_key k on k.id = e.key_id
         join statement s on s.id = k.statement_id
       where e.instance_id = $1 and s.text like 'select count(*), pg_sleep%'`,
        [instanceId],
      );
      expect(slow[0]).toMatchObject({
        application: 'shop',
        user_name: 'postgres',
        database_name: 'postgres',
      });
      expect(Math.abs(slow[0].at.getTime() - Date.now())).toBeLessThan(20_000);
    },
  );

  test.skipIf(skipped)(
    'of a parameter of LIKE it is kept whether it begins with a wildcard',
    async () => {
      const reader = await collector(target, instanceId);
      await reader.keep(await reader.read());
      await admin.query('select a from t where b like $1 limit 1', [`${canary}%`]);
      await admin.query('select b, a from t where b like $1 limit 1', [`%${canary}`]);
      for (let turn = 0; turn < 3; turn++) {
        await sleep(200);
        await reader.keep(await reader.read());
      }
      await reader.stop();
      const { rows } = await db.query(
        `select text, leading_wildcard from statement where text like '%from t where b like $1%' order by length(text)`,
      );
      expect(rows.map((row) => row.leading_wildcard)).toEqual([false, true]);
    },
  );

  test.skipIf(skipped)('a threshold that some statements escape is not claimed', async () => {
    const threshold = async () => {
      const reader = await collector(target, instanceId);
      await reader.keep(await reader.read());
      await admin.query('select 1');
      await sleep(100);
      const { spans } = await reader.read();
      await reader.stop();
      return spans.at(-1)?.thresholdMs;
    };
    expect(await threshold()).toBe(0);
    await admin.query('alter role watcher set log_min_duration_statement = 500');
    // auto_explain's own threshold is left.
    expect(await threshold()).toBe(20);
    await admin.query('alter role watcher reset log_min_duration_statement');
    expect(await threshold()).toBe(0);
    await admin.query('alter role watcher set auto_explain.log_min_duration = 5');
    expect(await threshold()).toBe(0);
    await admin.query('alter role watcher reset auto_explain.log_min_duration');
    const set = async (sql: string) => {
      await admin.query(`alter system ${sql}`);
      await admin.query('select pg_reload_conf()');
      await sleep(200);
    };
    await set(`set log_statement = 'all'`);
    expect(await threshold()).toBe(20);
    await set(`set auto_explain.sample_rate = 0.5`);
    expect(await threshold()).toBeNull();
    await set('reset auto_explain.sample_rate');
    await set(`set auto_explain.log_nested_statements = on`);
    expect(await threshold()).toBeNull();
    await set('reset auto_explain.log_nested_statements');
    await set('reset log_statement');
    expect(await threshold()).toBe(0);
  });

  test.skipIf(skipped)(
    'a file that is emptied or removed is gone, which is said; reading goes on',
    async () => {
      const reader = await collector(target, instanceId);
      await reader.keep(await reader.read());
      const { rows } = await admin.query(`select pg_current_logfile('${destination}') as file`);
      await admin.query(`copy (select 1 where false) to program 'rm ${rows[0].file}'`);
      await sleep(1100);
      await admin.query('select pg_rotate_logfile()');
      await sleep(300);
      await admin.query('select 4711, now() as after_removal');
      await sleep(200);
      const reading = await reader.read();
      expect(reading.summary.skipped_bytes).toBeNull();
      expect(reading.spans.every(({ thresholdMs }) => thresholdMs === null)).toBe(true);
      await reader.keep(reading);
      await reader.keep(await reader.read());
      expect((await counts('select $1, now() as after_removal')).total).toBe(1);
      await reader.stop();
    },
  );

  test.skipIf(skipped)(
    'an entry of 3 MB is passed over and counted; what follows is read',
    async () => {
      const reader = await collector(target, instanceId);
      await reader.keep(await reader.read());
      await admin.query(`do $$ begin raise log '%', repeat('${canary}"', 300000); end $$`);
      await admin.query('select now(), 5 as after_a_long_one');
      let unreadable = 0;
      for (let turn = 0; turn < 8; turn++) {
        await sleep(100);
        const reading = await reader.read();
        unreadable += reading.summary.unreadable ?? 0;
        await reader.keep(reading);
      }
      await reader.stop();
      expect(unreadable).toBe(1);
      expect((await counts('select now(), $1 as after_a_long_one')).total).toBe(1);
    },
  );

  test.skipIf(skipped || destination !== 'jsonlog')(
    'more than 64 MB behind, the oldest is passed over, which is said, and no percentile is claimed',
    async () => {
      const reader = await collector(target, instanceId);
      await reader.keep(await reader.read());
      await admin.query(
        `do $$ begin for i in 1..70 loop raise log '%', repeat('x', 1000000); end loop; end $$`,
      );
      await sleep(1000);
      const reading = await reader.read();
      expect(reading.summary.skipped_bytes).toBeGreaterThan(60_000_000);
      expect(reading.spans.every(({ thresholdMs }) => thresholdMs === null)).toBe(true);
      await reader.keep(reading);
      await admin.query('select now(), now(), 6 as after_a_flood');
      // The server may still be writing.
      for (let turn = 0; turn < 60; turn++) {
        await sleep(100);
        const more = await reader.read();
        await reader.keep(more);
        if (more.summary.caught_up === 1 && turn > 3) break;
      }
      await reader.stop();
      expect((await counts('select now(), now(), $1 as after_a_flood')).total).toBe(1);
    },
  );

  test.skipIf(skipped)('merged to five minutes nothing is lost', async () => {
    const before = await counts('%');
    const errors = () =>
      db.query(
        `select sum((select sum(n) from unnest(error_counts) n))::int as n from log_reading where instance_id = $1`,
        [instanceId],
      );
    const failed = (await errors()).rows[0].n;
    const rows = async () =>
      (
        await db.query(`select count(*)::int as n from log_reading where instance_id = $1`, [
          instanceId,
        ])
      ).rows[0].n;
    const many = await rows();
    const client = await db.connect();
    await db.query(`delete from compacted`);
    const hour = Math.floor(Date.now() / hourMs) * hourMs;
    await mergeLogHour(client, hour - hourMs);
    await mergeLogHour(client, hour);
    client.release();
    expect(await rows()).toBeLessThan(many);
    expect(await counts('%')).toEqual(before);
    expect((await errors()).rows[0].n).toBe(failed);
    expect(await counts('%', 'log_hour')).toEqual(before);
    // What comes after the hour was summed is in the sums too.
    const late = await collector(target, instanceId);
    await admin.query('select 1, 2, 3, now()');
    await sleep(200);
    await late.keep(await late.read());
    await late.stop();
    await db.query(`delete from compacted`);
    expect((await counts('select $1, $2, $3, now()')).total).toBe(1);
    expect((await counts('select $1, $2, $3, now()', 'log_hour')).total).toBe(1);
  });
});

test('no literal is in any text of the store', async () => {
  const { rows } = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where relkind in ('r') and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of rows) {
    const found = await db.query(`select count(*)::int as n from ${name} x where x::text like $1`, [
      `%${canary}%`,
    ]);
    expect(found.rows[0].n, name).toBe(0);
  }
  expect(rows.length).toBeGreaterThan(20);
});

test('a server that does not log to files says what switches it on', async () => {
  const target = await startPostgres();
  const admin = new pg.Client({ connectionString: target.url() });
  await admin.connect();
  await admin.query(`create role watcher login password 'for tests'; grant pg_monitor to watcher`);
  await admin.end();
  const { rows } = await db.query<{ id: number }>(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
     values ('silent', 1, 'postgres', '127.0.0.1', $1, 'postgres', 'watcher', 'off', now()) returning id`,
    [target.port],
  );
  const reader = await collector(target, rows[0]?.id as number);
  await expect(reader.read()).rejects.toMatchObject({
    code: 'log_unavailable',
    fix: expect.stringContaining('logging_collector = on'),
  });
  await reader.stop();
  await target.stop();
});

test.each([
  ['-1', -1],
  ['0', 0],
  ['250ms', 250],
  ['1s', 1000],
  ['2min', 120_000],
  ['garbage', -1],
])('the setting %s is %i ms', (shown, ms) => {
  expect(settingMs(shown)).toBe(ms);
});

test.each([
  ['C', true],
  ['C.UTF-8', true],
  ['POSIX', true],
  ['en_US.utf8', true],
  ['English_United States.1252', true],
  ['', true],
  ['de_DE.UTF-8', false],
  ['ja_JP.UTF-8', false],
  ['Japanese_Japan.932', false],
])('messages of lc_messages %j are understood: %s', (locale, understood) => {
  expect(inEnglish(locale)).toBe(understood);
});
