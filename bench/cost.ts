/** G3: what watching costs the watched server, with 5,000 statements in pg_stat_statements and the default intervals. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { startPostgres } from '@/scripts/servers/embedded';

const seconds = process.argv.includes('--quick') ? 40 : 120;
const distinct = 5_000;
const rootKey = randomBytes(32).toString('base64url');

const store = await startPostgres();
const target = await startPostgres({
  settings: {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.max': '10000',
    track_io_timing: 'on',
  },
});
const load = new pg.Client({ connectionString: target.url(), application_name: 'load' });
await load.connect();
await load.query(`create extension pg_stat_statements;
  create role yagura login password 'bench' connection limit 3; grant pg_monitor to yagura;
  create table item as select n as id, md5(n::text) as name from generate_series(1, 100000) n; create index on item (id)`);
// Shapes that differ in structure, because constants and aliases do not make another statement.
for (let n = 0; n < distinct; n++)
  await load.query(
    `select ${Array(1 + (n % 71))
      .fill('1')
      .join('+')}, ${Array(1 + Math.floor(n / 71))
      .fill('1')
      .join('-')}`,
  );

await migrate(store.url());
const db = openPool(store.url(), 2);
const key = await publishPublicKey(db, rootKey);
await db.query(
  `insert into cluster (name) values ('bench');
   insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
     values ('bench', 1, 'postgres', '127.0.0.1', ${target.port}, 'postgres', 'yagura', 'off', now())`,
);
await db.query('update instance set password = $1', [
  seal(key, 'bench', { table: 'instance', row: '1', column: 'password' }),
]);
const collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
  env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
  stdio: 'ignore',
});

type Seen = { ownMs: number; allMs: number; entries: number };
const statements = async (): Promise<Seen> => {
  const { rows } = await load.query<{ own: number; all: number; entries: string }>(
    `select coalesce(sum(total_exec_time + total_plan_time) filter (where userid = 'yagura'::regrole), 0) as own,
      sum(total_exec_time + total_plan_time) as all, count(*) as entries from pg_stat_statements(false)`,
  );
  const [row] = rows;
  return { ownMs: row?.own ?? 0, allMs: row?.all ?? 0, entries: Number(row?.entries) };
};
const ours = async (): Promise<number[]> =>
  (
    await load.query<{ pid: number }>(`select pid from pg_stat_activity where usename = 'yagura'`)
  ).rows.map(({ pid }) => pid);
/** CPU time of a backend so far, from the kernel; null where there is none of Linux's /proc. */
const cpuMs = async (pid: number): Promise<number | null> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) * 10;
};

// The first polls read texts and prime caches; they are not what a day costs.
await sleep(25_000);
const [pid] = await ours();
if (pid === undefined) throw new Error('the collector did not connect');
const before = { at: performance.now(), cpu: await cpuMs(pid), ...(await statements()) };
let mostConnections = 0;
while (performance.now() - before.at < seconds * 1000) {
  for (let i = 0; i < 20; i++)
    await load.query('select name from item where id = $1', [Math.ceil(Math.random() * 100_000)]);
  mostConnections = Math.max(mostConnections, (await ours()).length);
  await sleep(100);
}
const after = { at: performance.now(), cpu: await cpuMs(pid), ...(await statements()) };
const elapsedMs = after.at - before.at;
const percent = (ratio: number) => `${(ratio * 100).toFixed(3)} %`;
const busy = (after.ownMs - before.ownMs) / elapsedMs;
const cpu = before.cpu === null || after.cpu === null ? null : (after.cpu - before.cpu) / elapsedMs;
console.log(
  `cost of watching: ${after.entries} statements, ${Math.round(elapsedMs / 1000)} s, default intervals`,
);
console.log(`  query time, of one core      ${percent(busy)}   goal < 0.5 %`);
console.log(
  `  backend's CPU, of one core   ${cpu === null ? 'unknown' : percent(cpu)}   goal < 0.5 %`,
);
console.log(`  most connections             ${mostConnections}   goal 1, never more than 2`);

const exited = new Promise((resolve) => {
  collector.once('exit', resolve);
});
collector.kill('SIGTERM');
await exited;
await load.end();
await db.end();
await target.stop();
await store.stop();
process.exitCode = busy < 0.005 && (cpu ?? 0) < 0.005 && mostConnections <= 2 ? 0 : 1;
