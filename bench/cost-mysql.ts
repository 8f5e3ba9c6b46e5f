/**
 * G3 for MySQL and MariaDB: what watching costs at the default intervals with a full digest table (10,000), 500 tables and
 * 200 sessions. node --import tsx bench/cost-mysql.ts [mysql|mariadb] [--quick]
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { startPostgres } from '@/scripts/servers/embedded';
import { startMariadb } from '@/scripts/servers/mariadb';
import { startMysql } from '@/scripts/servers/mysql';

const flavour = process.argv.includes('mariadb') ? 'mariadb' : 'mysql';
const seconds = process.argv.includes('--quick') ? 40 : 120;
/** Nearly full: what we ask ourselves finds a place, and is shown. */
const distinct = 8_500;
const tables = 500;
const sessions = 200;
const rootKey = randomBytes(32).toString('base64url');

const store = await startPostgres();
const config = {
  performance_schema_digests_size: '10000',
  max_connections: '300',
};
const target = await (flavour === 'mysql' ? startMysql : startMariadb)({ config });
const account = { flavour, user: 'yagura', host: '127.0.0.1', requireTls: false } as const;
for (const sql of mysqlAccountScript(account).replaceAll('<PASSWORD>', 'bench').split(';\n'))
  await target.query(sql);
const root = { user: 'root', password: target.password };
const load = await target.connect(root);
await load.query('create database shop');
await load.query('use shop');
await load.query('create table item (id int primary key, name varchar(40), key (name))');
for (let n = 0; n < 100; n++)
  await load.query('insert into item values ?', [
    Array.from({ length: 500 }, (_, i) => [n * 500 + i, `name ${i}`]),
  ]);
for (let n = 0; n < tables; n++) {
  await load.query(`create table t${n} (id int primary key, name varchar(40), key (name))`);
  await load.query(`insert into t${n} values (1, 'a')`);
}
const crowd = await Promise.all(
  Array.from({ length: sessions }, async (_, n) => {
    const client = await target.connect({ ...root, database: 'shop' });
    if (n % 10 === 0) {
      await client.query('begin');
      await client.query('select id from item where id = 1');
    }
    return client;
  }),
);
const workers = crowd.filter((_, n) => n % 10 === 5);
const ones = (count: number, sign: string) => Array(count).fill('1').join(sign);
for (let n = 0; n < distinct; n++)
  await load.query(`select ${ones(1 + (n % 101), '+')}, ${ones(1 + Math.floor(n / 101), '-')}`);

await migrate(store.url());
const db = openPool(store.url(), 2);
const key = await publishPublicKey(db, rootKey);
await db.query(`insert into cluster (name) values ('bench')`);
await db.query(
  `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, password, updated_at)
   values ('bench', 1, $1, '127.0.0.1', $2, 'performance_schema', 'yagura', 'off', $3, now())`,
  [flavour, target.port, seal(key, 'bench', { table: 'instance', row: '1', column: 'password' })],
);
const collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
  env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
  stdio: 'ignore',
});

const one = async (sql: string): Promise<Record<string, unknown>> =>
  (await target.query(sql))[0] ?? {};
const pid = Number(
  await readFile(String((await one('select @@pid_file as f')).f), 'utf8').catch(() => Number.NaN),
);
type Task = { connections: number; cpuMs: number | null };
/** Our connections, and the CPU time of their threads from the kernel. */
const ours = async (): Promise<Task> => {
  const rows = await target.query(
    flavour === 'mysql'
      ? `select thread_os_id as tid from performance_schema.threads where processlist_user = 'yagura'`
      : `select tid from information_schema.processlist where user = 'yagura'`,
  );
  let cpuMs: number | null = 0;
  for (const { tid } of rows) {
    const text = await readFile(`/proc/${pid}/task/${Number(tid)}/stat`, 'utf8').catch(() => null);
    const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
    cpuMs =
      fields === undefined || cpuMs === null
        ? null
        : cpuMs + (Number(fields[11]) + Number(fields[12])) * 10;
  }
  return { connections: rows.length, cpuMs };
};
const ownMs = async () =>
  Number(
    (
      await one(
        `select sum(sum_timer_wait) / 1e9 as ms from performance_schema.events_statements_summary_by_account_by_event_name
         where user = 'yagura'`,
      )
    ).ms ?? 0,
  );

/** Statements are counted without their user: ours are told by the schema they run in. */
const ownStatements = async () =>
  new Map(
    (
      await target.query(
        `select digest, count_star as calls, sum_timer_wait / 1e9 as ms, left(digest_text, 110) as text
         from performance_schema.events_statements_summary_by_digest where schema_name = 'performance_schema'`,
      )
    ).map(({ digest, calls, ms, text }) => [
      String(digest),
      { calls: Number(calls), ms: Number(ms), text: String(text) },
    ]),
  );

let mostConnections = 0;
const work = async () => {
  const at = performance.now();
  let turn = 0;
  while (performance.now() - at < seconds * 1000) {
    await Promise.all(
      workers.map((client) =>
        client.query('select name from item where id = ?', [Math.ceil(Math.random() * 49_999)]),
      ),
    );
    if (turn++ % 10 === 0) mostConnections = Math.max(mostConnections, (await ours()).connections);
    await sleep(100);
  }
  return performance.now() - at;
};

// The first polls read texts and prime caches; they are not what a day costs.
await sleep(90_000);
const spentBefore = await ownStatements();
const [before, beforeMs] = [await ours(), await ownMs()];
if (before.connections === 0) throw new Error('the collector did not connect');
const elapsedMs = await work();
const [after, afterMs] = [await ours(), await ownMs()];
const digests = Number(
  (await one('select count(*) as n from performance_schema.events_statements_summary_by_digest')).n,
);
const percent = (ratio: number) => `${(ratio * 100).toFixed(3)} %`;
const busy = (afterMs - beforeMs) / elapsedMs;
const cpu =
  before.cpuMs === null || after.cpuMs === null ? null : (after.cpuMs - before.cpuMs) / elapsedMs;
console.log(
  `cost of watching ${flavour}: ${digests} digests, ${tables} tables, ${sessions} sessions, ${Math.round(elapsedMs / 1000)} s, default intervals`,
);
console.log(`  query time, of one core      ${percent(busy)}   goal < 0.5 %`);
console.log(
  `  threads' CPU, of one core    ${cpu === null ? 'unknown' : percent(cpu)}   goal < 0.5 %`,
);
console.log(`  most connections             ${mostConnections}   goal 1, never more than 2`);
const spent = await ownStatements();
for (const [digest, now] of spent) {
  const was = spentBefore.get(digest);
  now.calls -= was?.calls ?? 0;
  now.ms -= was?.ms ?? 0;
}
for (const { calls, ms, text } of [...spent.values()].sort((a, b) => b.ms - a.ms).slice(0, 20))
  console.log(`    ${ms.toFixed(0).padStart(6)} ms in ${String(calls).padStart(4)}: ${text}`);

const exited = new Promise((resolve) => {
  collector.once('exit', resolve);
});
collector.kill('SIGTERM');
await exited;
for (const client of [load, ...crowd]) client.destroy();
await db.end();
await target.stop();
await store.stop();
process.exitCode = busy < 0.005 && (cpu ?? 0) < 0.005 && mostConnections <= 2 ? 0 : 1;
