/**
 * G3: what watching costs the watched server at the default intervals, with 5,000 statements in pg_stat_statements, 500
 * tables and 200 sessions; against the same server under the same work, unwatched before and after.
 */
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
const tables = 500;
const sessions = 200;
const rootKey = randomBytes(32).toString('base64url');

const store = await startPostgres();
const target = await startPostgres({
  settings: {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.max': '10000',
    track_io_timing: 'on',
    max_connections: '300',
    // Its own work would come and go between the phases.
    autovacuum: 'off',
  },
});
const load = new pg.Client({ connectionString: target.url(), application_name: 'load' });
await load.connect();
await load.query(`create extension pg_stat_statements;
  create role yagura login password 'bench' connection limit 3; grant pg_monitor to yagura;
  create table item as select n as id, md5(n::text) as name from generate_series(1, 100000) n; create index on item (id)`);
// In one block: a statement of its own for each would fill pg_stat_statements with what nobody asked for.
await load.query(`do $$ begin for n in 1..${tables} loop
    execute format('create table %I (id int primary key, name text, other int)', 't' || n);
    execute format('create index on %I (name)', 't' || n);
    execute format('insert into %I values (1, ''a'', 1)', 't' || n);
    execute format('analyze %I', 't' || n);
  end loop; end $$`);
// All are connected, some have a transaction open, a few work.
const crowd = await Promise.all(
  Array.from({ length: sessions }, async (_, n) => {
    const client = new pg.Client({
      connectionString: target.url(),
      application_name: `app ${n % 12}`,
    });
    await client.connect();
    if (n % 10 === 0) await client.query('begin; select 1');
    return client;
  }),
);
const workers = crowd.filter((_, n) => n % 10 === 5);
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
const watch = () =>
  spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
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
/** What we ran ourselves, the costliest first. */
const ownStatements = async () =>
  (
    await load.query<{ calls: number; ms: number; text: string }>(
      `select calls::int, total_exec_time + total_plan_time as ms, regexp_replace(query, '\\s+', ' ', 'g') as text
       from pg_stat_statements where userid = 'yagura'::regrole order by 2 desc limit 12`,
    )
  ).rows;
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

/** CPU time of the whole server so far: its processes and those that have ended. */
const serverCpuMs = async (): Promise<number | null> => {
  const { rows } = await load.query<{ pid: number }>('select pid from pg_stat_activity');
  const all = await Promise.all(
    [await target.pid(), ...rows.map(({ pid }) => pid)].map(async (pid, index) => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
      const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
      if (fields === undefined) return index === 0 ? null : 0;
      const at = (field: number) => Number(fields[field]);
      return (at(11) + at(12) + (index === 0 ? at(13) + at(14) : 0)) * 10;
    }),
  );
  return all.reduce<number | null>((a, b) => (a === null || b === null ? null : a + b), 0);
};

let mostConnections = 0;
/** The same work at the same pace; gives the server's CPU in ms per second of it. */
const phase = async (): Promise<{ cpu: number | null; elapsedMs: number }> => {
  const [cpu, at] = [await serverCpuMs(), performance.now()];
  let turn = 0;
  while (performance.now() - at < seconds * 1000) {
    await Promise.all(
      workers.map((client) =>
        client.query('select name from item where id = $1', [Math.ceil(Math.random() * 100_000)]),
      ),
    );
    if (turn++ % 10 === 0) mostConnections = Math.max(mostConnections, (await ours()).length);
    await sleep(100);
  }
  const elapsedMs = performance.now() - at;
  const end = await serverCpuMs();
  return { cpu: cpu === null || end === null ? null : (end - cpu) / elapsedMs, elapsedMs };
};

const calm = await phase();
const collector = watch();
// The first polls read texts and prime caches; they are not what a day costs.
await sleep(45_000);
const [pid] = await ours();
if (pid === undefined) throw new Error('the collector did not connect');
const before = { cpu: await cpuMs(pid), ...(await statements()) };
const watched = await phase();
const after = { cpu: await cpuMs(pid), ...(await statements()) };
const { elapsedMs } = watched;
const exited = new Promise((resolve) => {
  collector.once('exit', resolve);
});
collector.kill('SIGTERM');
await exited;
await sleep(1000);
const calmAgain = await phase();
const percent = (ratio: number) => `${(ratio * 100).toFixed(3)} %`;
const busy = (after.ownMs - before.ownMs) / elapsedMs;
const cpu = before.cpu === null || after.cpu === null ? null : (after.cpu - before.cpu) / elapsedMs;
console.log(
  `cost of watching: ${after.entries} statements, ${tables} tables, ${sessions} sessions, ${Math.round(elapsedMs / 1000)} s, default intervals`,
);
console.log(`  query time, of one core      ${percent(busy)}   goal < 0.5 %`);
console.log(
  `  backend's CPU, of one core   ${cpu === null ? 'unknown' : percent(cpu)}   goal < 0.5 %`,
);
if (calm.cpu !== null && watched.cpu !== null && calmAgain.cpu !== null) {
  const unwatched = (calm.cpu + calmAgain.cpu) / 2;
  console.log(
    `  server's CPU, of one core    ${percent(watched.cpu)} watched, ${percent(calm.cpu)} and ${percent(calmAgain.cpu)} unwatched: ${percent(watched.cpu - unwatched)} more`,
  );
}
for (const { calls, ms, text } of (await ownStatements()).slice(0, 8))
  console.log(
    `    ${ms.toFixed(0).padStart(6)} ms in ${String(calls).padStart(4)}: ${text.slice(0, 110)}`,
  );
console.log(`  most connections             ${mostConnections}   goal 1, never more than 2`);

await Promise.all([load, ...crowd].map((client) => client.end()));
await db.end();
await target.stop();
await store.stop();
process.exitCode = busy < 0.005 && (cpu ?? 0) < 0.005 && mostConnections <= 2 ? 0 : 1;
