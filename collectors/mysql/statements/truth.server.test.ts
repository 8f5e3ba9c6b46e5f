/** The numbers are true: what a load generator did is exactly what is stored, across a truncation and a restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type mysql from 'mysql2/promise';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { bucketOf } from '@/lib/log/durations';
import { newSlowLogState, readSlowLog } from '@/lib/log/slow-log';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { describeStatements } from '@/lib/storage/describe-statements';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';

const kinds = [
  { flavour: 'mysql' as const, log: 'TABLE', why: await whyNoMysql(), start: startMysql },
  { flavour: 'mariadb' as const, log: 'TABLE', why: await whyNoMariadb(), start: startMariadb },
  { flavour: 'mariadb' as const, log: 'FILE', why: await whyNoMariadb(), start: startMariadb },
];
const rootKey = randomBytes(32).toString('base64url');

describe.each(kinds)(
  'statements of $flavour with its slow log in a $log',
  ({ flavour, log, why, start }) => {
    let store: RunningPostgres;
    let server: RunningMysql;
    let db: pg.Pool;
    let collector: ChildProcess;

    beforeAll(async () => {
      if (why) return;
      [store, server] = await Promise.all([
        startPostgres(),
        start({ config: { slow_query_log: 'ON', log_output: log, long_query_time: '0' } }),
      ]);
      await migrate(store.url());
      db = openPool(store.url(), 3);
      const account = { flavour, user: 'yagura', host: '127.0.0.1', requireTls: false };
      for (const sql of mysqlAccountScript(account).replace('<PASSWORD>', 'for tests').split(';\n'))
        await server.query(sql);
      await server.query('create database shop');
      await server.query(
        'create table shop.account (id int primary key, owner varchar(20), balance int)',
      );
      for (let id = 1; id <= 20; id++)
        await server.query(`insert into shop.account values (${id}, 'somebody', 0)`);
      const key = await publishPublicKey(db, rootKey);
      await db.query(
        `insert into cluster (name) values ('shop');
       insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
         values ('shop', 1, '${flavour}', '127.0.0.1', ${server.port}, 'performance_schema', 'yagura', 'off', now())`,
      );
      const place = { table: 'instance', row: '1', column: 'password' };
      await db.query('update instance set password = $1', [seal(key, 'for tests', place)]);
      startCollector();
      await pollsAfter(Date.now(), 1);
    });
    afterAll(async () => {
      collector?.kill('SIGTERM');
      await db?.end();
      await server?.stop();
      await store?.stop();
    });

    function startCollector() {
      collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
        env: {
          ...process.env,
          DATABASE_URL: store.url(),
          YAGURA_SECRET_KEY: rootKey,
          // As on the host of the server.
          YAGURA_LOG_DIRECTORY: log === 'FILE' ? server.dataDir : '',
        },
        stdio: 'ignore',
      });
    }
    /** Waits for readings that began after a moment. */
    async function pollsAfter(at: number, count: number) {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250)) {
        const { rows } = await db.query<{ n: string }>(
          'select count(*) as n from statement_reading where to_at > $1',
          [new Date(at)],
        );
        if (Number(rows[0]?.n) >= count) return;
      }
      const { rows } = await db.query('select state, reason from instance_status');
      throw new Error(`no reading came within a minute: ${JSON.stringify(rows)}`);
    }
    const ranking = (from: number, sort: 'total_ms' | 'errors' = 'total_ms') =>
      describeStatements(db, { instanceIds: [1], from, to: Date.now(), sort, limit: 200 });
    const found = async (from: number, text: string) => {
      const look = async () => {
        const { statements } = await ranking(from);
        const matching = statements.filter(
          (one) => one.text.toLowerCase().includes(text) && one.kind !== 'utility:prepare',
        );
        return { statements, matching };
      };
      // Texts of new statements are read as seldom as their cost allows.
      let { statements, matching } = await look();
      for (const until = Date.now() + 45_000; !matching.length && Date.now() < until; ) {
        await sleep(1_000);
        ({ statements, matching } = await look());
      }
      expect(matching, JSON.stringify(statements.map((one) => one.text))).toHaveLength(1);
      return matching[0];
    };
    const pairs = (
      work: (connection: mysql.Connection, i: number) => Promise<unknown>,
      each: number,
    ) =>
      Promise.all(
        [0, 1].map(async () => {
          const connection = await server.connect({
            user: 'root',
            password: server.password,
            database: 'shop',
          });
          for (let i = 0; i < each; i++) await work(connection, i);
          await connection.end();
        }),
      );
    const updates = (each: number) =>
      pairs(
        (connection, i) =>
          connection.query(
            `update account set balance = balance + ${i + 1} where id = ${(i % 20) + 1}`,
          ),
        each,
      );

    it.skipIf(why || log === 'FILE')(
      'calls, rows and errors are exact across a truncation, a restart and one of the collector; gaps are marked',
      async () => {
        const from = Date.now();
        await updates(200);
        await pairs(
          (connection, i) =>
            connection.execute('select owner from account where id <= ?', [i % 20]),
          50,
        );
        await pairs(
          (connection) => connection.query('select nothing from account').catch(() => null),
          20,
        );
        await pollsAfter(Date.now(), 1);
        expect(await found(from, 'update account set')).toMatchObject({
          ...{ calls: 400, rows_affected: 400, rows_examined: 400, errors: 0, kind: 'update' },
          ...{
            tables: ['account'],
            database: 'shop',
            user: null,
            blocks_hit: null,
            wal_bytes: null,
          },
        });
        const sent =
          2 * Array.from({ length: 50 }, (_, i) => i % 20).reduce((sum, n) => sum + n, 0);
        const selected = await found(
          from,
          flavour === 'mysql' ? 'select owner' : 'that clients prepared',
        );
        expect(selected).toMatchObject({ calls: 100, rows_sent: sent, rows: sent });
        expect(selected?.rows_examined_per_row).toBeGreaterThanOrEqual(1);
        expect(await found(from, 'select nothing')).toMatchObject({ calls: 40, errors: 40 });
        const { partial, statements } = await ranking(from, 'errors');
        expect(partial).toEqual([]);
        expect(statements[0]).toMatchObject({ errors: 40 });

        await server.query('truncate table performance_schema.events_statements_summary_by_digest');
        await updates(150);
        await pollsAfter(Date.now(), 1);
        expect(await found(from, 'update account set')).toMatchObject({ calls: 700 });
        expect((await ranking(from)).partial).toMatchObject([{ reason: 'reset' }]);

        await server.restart();
        await updates(100);
        await pollsAfter(Date.now(), 1);
        expect(await found(from, 'update account set')).toMatchObject({ calls: 900 });

        process.kill(collector.pid ?? 0, 'SIGKILL');
        startCollector();
        await pollsAfter(Date.now(), 2);
        await updates(50);
        await pollsAfter(Date.now(), 1);
        expect(await found(from, 'update account set')).toMatchObject({ calls: 1000 });
        const { rows } = await db.query(
          'select min(c) as lowest from statement_reading, unnest(calls) c',
        );
        expect(Number(rows[0].lowest)).toBeGreaterThanOrEqual(0);
      },
      180_000,
    );

    const loggedThrough = async () => {
      const { rows } = await db.query<{ at: Date | null }>(
        'select max(to_at) as at from log_reading',
      );
      return rows[0]?.at?.getTime() ?? 0;
    };

    it.skipIf(why)(
      'p95 and p99 are what the generator measured, to the bucket',
      async () => {
        let from = 0;
        let measured: number[] = [];
        let seed = 7;
        // A generator that waits for the machine measures the machine: it asked for less than it got. Then it begins anew.
        for (let round = 0; round < 4; round++) {
          from = Date.now();
          measured = [];
          const asked: number[] = [];
          await pairs(async (connection) => {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            const ms = 50 + (seed % 1000) / 5;
            const before = performance.now();
            await connection.query(`select sleep(${ms / 1000})`);
            measured.push(performance.now() - before);
            asked.push(ms);
          }, 100);
          for (const all of [asked, measured]) all.sort((a, b) => a - b);
          const late = [189, 197].map((n) => bucketOf(measured[n] ?? 0) - bucketOf(asked[n] ?? 0));
          if (Math.max(...late) <= 1) break;
          // What came before is not in the window of the next round.
          await pollsAfter(Date.now(), 1);
        }
        const ended = Date.now();
        await pollsAfter(ended, 2);
        // MariaDB has no histograms: there it is the slow log that knows, which is read a little later than digests are, and
        // has to hold nine tenths of the window.
        let statement: Awaited<ReturnType<typeof found>>;
        for (let i = 0; i < 60; i++) {
          const through = await loggedThrough();
          statement = await found(from, 'select sleep');
          if (statement?.p95_ms != null && through > ended) break;
          await sleep(1_000);
        }
        expect(statement?.calls).toBe(200);
        const off = (share: number, stored: number | null | undefined) =>
          Math.abs(bucketOf(measured[Math.ceil(share * 200) - 1] ?? 0) - bucketOf(stored ?? 0));
        expect(off(0.95, statement?.p95_ms)).toBeLessThanOrEqual(1);
        expect(off(0.99, statement?.p99_ms)).toBeLessThanOrEqual(1);
        // The slowest alone may have waited in the generator.
        const most = bucketOf(measured.at(-1) ?? 0) + 1;
        expect(statement?.p999_ms).toBeGreaterThanOrEqual(statement?.p99_ms ?? Number.NaN);
        expect(bucketOf(statement?.p999_ms ?? 0)).toBeLessThanOrEqual(most);
        const slowest = await db.query<{ ms: number; user: string }>(
          `select e.duration_ms as ms, k.user_name as "user" from slow_execution e join log_key k on k.id = e.key_id
         where k.statement_id = $1 order by 1 desc limit 1`,
          [statement?.id],
        );
        expect(slowest.rows[0]?.user).toBe('root');
        expect(bucketOf(slowest.rows[0]?.ms ?? 0)).toBeLessThanOrEqual(most);
        expect(slowest.rows[0]?.ms).toBeGreaterThanOrEqual(statement?.p99_ms ?? Number.NaN);
      },
      120_000,
    );

    it.skipIf(why)('no query of ours is in the slow log, and no literal in the store', async () => {
      if (log === 'FILE') {
        const { rows } = await db.query(
          `select format, count(r.*) as readings from log_position p join log_reading r using (instance_id) group by 1`,
        );
        expect(rows).toMatchObject([{ format: 'slow_log_file' }]);
        const file = await server.query('select @@slow_query_log_file as name');
        const text = await readFile(path.resolve(server.dataDir, String(file[0]?.name)), 'utf8');
        const { entries } = readSlowLog(text, newSlowLogState(), true);
        expect(entries.some(({ statement }) => statement?.startsWith('select sleep'))).toBe(true);
        const ours = entries.filter(
          ({ user, statement }) => user === 'yagura' && statement !== null,
        );
        expect(ours.filter(({ statement }) => !/^set|@@version/i.test(String(statement)))).toEqual(
          [],
        );
      }
      const own = await server.query(
        `select cast(sql_text as char) as it from mysql.slow_log where user_host like 'yagura%'
       and sql_text not like 'Quit%' and sql_text not like 'Connect%'`,
      );
      expect(own.map(({ it }) => it).filter((sql) => !/^set|@@version/i.test(String(sql)))).toEqual(
        [],
      );
      const { rows } = await db.query(
        `select text from statement where text ~ 'somebody|for tests'`,
      );
      expect(rows).toEqual([]);
    });
  },
);
