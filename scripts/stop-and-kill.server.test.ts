/** Starts all of Yagura, stops and kills its parts in every way: it comes back, or goes without a trace, and no sample is harmed. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '@/demo/rhythm';
import { type Launched, launched, partOf, processesOf, until } from './launched';
import { freePort, type RunningPostgres, startPostgres } from './servers/embedded';

/** How often each part is killed; YAGURA_KILLS=20 for the long run. */
const kills = Number(process.env.YAGURA_KILLS ?? 3);
const token = randomBytes(32).toString('base64url');
const env = {
  YAGURA_API_TOKEN: token,
  YAGURA_ADMIN_EMAIL: 'admin@example.com',
  YAGURA_ADMIN_PASSWORD: 'correct-horse-battery',
};
const launcher = [process.execPath, '--import', 'tsx', 'scripts/launch.ts'];
let folder: string;
let port: number;
let running: Launched | null = null;
let target: RunningPostgres;

beforeAll(async () => {
  const prepare = `import('./scripts/prepare.mjs').then((m) => m.prepare({ development: true, build: true }))`;
  await promisify(execFile)(process.execPath, ['-e', prepare], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  target = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  await onTarget(`create extension pg_stat_statements;
    create role yagura login password 'secret-for-tests'; grant pg_monitor to yagura`);
}, 300_000);
afterAll(() => target?.stop());
afterEach(async () => {
  if (running && running.child.exitCode === null) running.child.kill('SIGKILL');
  await until('everything is gone', async () => (await processesOf(folder)).length === 0);
  await rm(folder, { recursive: true, force: true });
});

async function start(
  command: readonly string[] = launcher,
  more: Record<string, string> = {},
  as: { uid?: number; gid?: number } = {},
): Promise<Launched> {
  folder = await mkdtemp(path.join(tmpdir(), 'yagura-kill-'));
  if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
  // Empty data, and the server's user can reach it: as on most machines.
  else await promisify(execFile)('chmod', ['755', folder]);
  port = await freePort();
  const flags = ['--port', String(port), '--data-dir', path.join(folder, 'data')];
  running = launched([...command, ...flags], { ...env, ...more }, as);
  await running.saw('ready at', 60_000);
  return running;
}

const api = (route: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}${route}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(10_000),
  });
const healthy = async () => (await api('/api/health')).ok;

async function onTarget(sql: string) {
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s stops all of it, code 0',
  async (signal) => {
    const one = await start([...launcher, '--no-demo']);
    one.child.kill(signal);
    expect(await one.ended).toBe(0);
    expect(await processesOf(folder)).toEqual([]);
  },
);

test('a demo that is just being built is stopped cleanly too', async () => {
  const one = await start();
  one.child.kill('SIGTERM');
  expect(await one.ended).toBe(0);
  expect(await processesOf(folder)).toEqual([]);
});

test('npm start passes flags on, and a signal to npm alone stops all of it', async () => {
  const one = await start(['npm', 'start', '--', '--no-demo']);
  one.child.kill('SIGTERM');
  await one.ended;
  await until('nothing is left', async () => (await processesOf(folder)).length === 0, 15_000);
});

test('Ctrl-C under npm reaches every process at once and still stops in order', async () => {
  const one = await start(['npm', 'start', '--', '--no-demo']);
  process.kill(-one.pid, 'SIGINT');
  await one.ended;
  await until('nothing is left', async () => (await processesOf(folder)).length === 0, 15_000);
  expect(one.output()).toContain('stopping');
});

test('kill -9 of the launcher leaves no orphan, and the next start works on the same data', async () => {
  const one = await start();
  one.child.kill('SIGKILL');
  await until('no orphan', async () => (await processesOf(folder)).length === 0, 30_000);
  const flags = ['--port', String(port), '--data-dir', path.join(folder, 'data'), '--no-demo'];
  running = launched([...launcher, ...flags], env);
  await running.saw('ready at', 60_000);
  running.child.kill('SIGTERM');
  expect(await running.ended).toBe(0);
});

test.skipIf(process.getuid?.() !== 0)(
  'an ordinary user can run it (only root can become one)',
  async () => {
    const id = async (flag: string) =>
      Number((await promisify(execFile)('id', [flag, 'nobody'])).stdout);
    const one = await start(
      [...launcher, '--no-demo'],
      { HOME: '/nonexistent' },
      {
        uid: await id('-u'),
        gid: await id('-g'),
      },
    );
    expect(await healthy()).toBe(true);
    // The test's own process is root, the launcher is not.
    process.kill(one.pid, 'SIGTERM');
    expect(await one.ended).toBe(0);
  },
);

test('collectors, web and store killed at random moments come back; no sample is doubled or torn', async () => {
  const one = await start([...launcher, '--no-demo']);
  const made = await api('/api/v1/instances', {
    method: 'POST',
    body: JSON.stringify({
      ...{ name: 'target', engine: 'postgres', host: '127.0.0.1', port: target.port },
      ...{ database: 'postgres', user: 'yagura', password: 'secret-for-tests', tls: 'off' },
    }),
  });
  expect(made.status, await made.text()).toBeLessThan(300);
  const store = () => readFile(path.join(folder, 'data/store/postmaster.pid'), 'utf8');
  const victims: [string, () => Promise<number | null>][] = [
    ['store', async () => Number((await store()).split('\n', 1)[0])],
    ['web', () => partOf(one.pid, /next/)],
    ['collector', () => partOf(one.pid, /collectors\/main/)],
  ];
  const random = seededRandom(20261123);
  let issued = 0;
  for (let round = 0; round < kills; round++)
    for (const [name, pidOf] of victims) {
      await onTarget(`select 'killed ' || 1`);
      issued++;
      // A collector that holds no lease yet would be killed while it does nothing.
      const before = await samples();
      if (name === 'collector')
        await until('the collector polls', async () => (await samples()) > before, 60_000);
      await sleep(random() * 4000);
      const pid = await pidOf();
      expect(pid, `${name} in round ${round}`).toBeGreaterThan(1);
      process.kill(pid as number, 'SIGKILL');
      await until(`${name} is another process`, async () => {
        const now = await pidOf();
        return now !== null && now !== pid;
      });
      await until(`healthy after ${name} was killed`, healthy);
    }
  // Long enough for the last collector to take the lease over and poll.
  await sleep(35_000);
  await checkStore(issued);
  one.child.kill('SIGTERM');
  expect(await one.ended).toBe(0);
}, 1_800_000);

async function onStore(): Promise<pg.Client> {
  const password = (await readFile(path.join(folder, 'data/store.password'), 'utf8')).trim();
  const line = (await readFile(path.join(folder, 'data/store/postmaster.pid'), 'utf8')).split('\n');
  const db = new pg.Client({
    ...{ host: '127.0.0.1', port: Number(line[3]), user: 'postgres', database: 'postgres' },
    password,
  });
  db.on('error', () => {});
  await db.connect();
  return db;
}

async function samples(): Promise<number> {
  const db = await onStore();
  try {
    return (await db.query('select count(*)::int as n from hot_sample')).rows[0].n;
  } finally {
    await db.end();
  }
}

async function checkStore(issued: number) {
  const db = await onStore();
  try {
    const { rows: doubled } = await db.query(
      `select series_id, at from hot_sample join slot using (layout_id)
       where vals[position] is not null group by 1, 2 having count(*) > 1 limit 5`,
    );
    expect(doubled).toEqual([]);
    const { rows: sums } = await db.query(
      `select (select count(*)::int from hot_sample) as samples,
              (select count(*)::int from statement_reading r, unnest(calls) c where c < 0) as negative,
              (select coalesce(sum(c), 0)::int from statement_reading r, unnest(key_ids, calls) u(k, c)
                 join statement_key sk on sk.id = k join statement s on s.id = sk.statement_id
               where s.text like '%select $1 || $2%') as calls,
              (select count(*)::int from statement_reading a join statement_reading b
                 on a.instance_id = b.instance_id and a.to_at < b.to_at and b.from_at < a.to_at) as overlapping`,
    );
    expect(sums[0]).toMatchObject({ negative: 0, overlapping: 0 });
    expect(sums[0].samples).toBeGreaterThan(0);
    expect(sums[0].calls).toBeLessThanOrEqual(issued);
    // Every index agrees with its table.
    await db.query('create extension if not exists amcheck');
    const { rows: checked } = await db.query(
      `select count(bt_index_check(i.indexrelid, true))::int as n
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
       where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence = 'p'`,
    );
    expect(checked[0].n).toBeGreaterThan(50);
  } finally {
    await db.end();
  }
}
