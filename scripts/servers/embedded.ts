/** Starts and stops real PostgreSQL servers: the store, the demo fleet, and the servers of tests. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Binaries, embeddedBinaries, exists, type PostgresVersion } from './binaries';
import { type GuardedServer, launchGuarded } from './guarded';
import { own, type ServerUser, serverUser, shelterBinaries, shelterData } from './server-user';

export { type PostgresVersion, postgresVersions } from './binaries';

export type PostgresOptions = {
  /** 18 unless told; `binaries` names another installation. */
  version?: PostgresVersion;
  binaries?: Binaries;
  /** Kept across runs. Without it, a temporary folder that goes with stop(). */
  dataDir?: string;
  /** A free one unless told. */
  port?: number;
  settings?: Record<string, string>;
  standbyOf?: RunningPostgres;
};

export type RunningPostgres = {
  port: number;
  dataDir: string;
  superuser: 'postgres';
  password: string;
  settings: Record<string, string>;
  binaries: Binaries;
  /** The postmaster's process id. */
  pid(): Promise<number>;
  /** Resolves when the server has ended, wanted or not. */
  ended(): Promise<void>;
  url(database?: string, user?: string, password?: string): string;
  /** Clean stop; a temporary data folder is removed. */
  stop(): Promise<void>;
  /** kill -9 of the postmaster; resolves when it is gone. */
  kill9(): Promise<void>;
  /** Starts again on the same port, after a clean stop of what still runs. */
  restart(): Promise<void>;
};

/**
 * Starts a server on 127.0.0.1 and waits until it answers. Passwords are SCRAM, there is no Unix socket.
 * It ends when this process ends, however that happens: a shell between them watches a pipe.
 * @throws with the server's own last lines when it does not come up
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const user = await serverUser();
  const found = options.binaries ?? (await embeddedBinaries(options.version));
  const binaries = await shelterBinaries(found, user);
  const temporary = options.dataDir ? null : await mkdtemp(path.join(tmpdir(), 'yagura-pg-'));
  if (temporary) {
    await chmod(temporary, 0o755); // The data folder in it is private; the server's user must get there.
    await own(temporary, user);
  }
  const wanted = path.resolve(options.dataDir ?? path.join(temporary as string, 'data'));
  const dataDir = await shelterData(wanted, user);
  const passwordFile = `${wanted}.password`;
  const fresh = !(await exists(path.join(dataDir, 'PG_VERSION')));
  if (fresh && options.standbyOf) {
    await copyPrimary(options.standbyOf, dataDir, user);
    await writeFile(passwordFile, options.standbyOf.password, { mode: 0o600 });
  } else if (fresh) {
    const made = randomBytes(24).toString('base64url');
    await initialise(binaries, dataDir, made, user);
    await writeFile(passwordFile, made, { mode: 0o600 });
  }
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const port = options.port ?? (await freePort());
  const settings = options.settings ?? {};
  await stopLeftover(dataDir);

  let running: GuardedServer;
  const start = async () => {
    await writeSettings(dataDir, port, settings, options.standbyOf, user);
    running = launch(binaries, dataDir, user);
    await untilReady(server.url('postgres'), running);
  };
  const server: RunningPostgres = {
    port,
    dataDir,
    superuser: 'postgres',
    password,
    settings,
    binaries,
    pid: () => postmasterPid(dataDir),
    ended: () => running.ended,
    url: (database = 'postgres', as = 'postgres', secret = password) =>
      `postgres://${encodeURIComponent(as)}:${encodeURIComponent(secret)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    async stop() {
      running.child.stdin?.end();
      await running.ended;
      if (temporary)
        for (const gone of [dataDir, temporary]) await rm(gone, { recursive: true, force: true });
    },
    async kill9() {
      process.kill(await postmasterPid(dataDir), 'SIGKILL');
      await running.ended;
    },
    async restart() {
      running.child.stdin?.end();
      await running.ended;
      await start();
    },
  };
  await start();
  return server;
}

async function initialise(binaries: Binaries, dataDir: string, password: string, user: ServerUser) {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await own(dataDir, user);
  // Beside the data, not in it (initdb wants it empty), and not in a shared temporary folder.
  const secret = path.join(path.dirname(dataDir), `.${path.basename(dataDir)}.init`);
  await writeFile(secret, `${password}\n`, { mode: 0o600 });
  await own(secret, user);
  try {
    await promisify(execFile)(
      path.join(binaries.bin, 'initdb'),
      [
        `--pgdata=${dataDir}`,
        '--username=postgres',
        `--pwfile=${secret}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
      ],
      { ...user, cwd: dataDir, env: { ...process.env, ...binaries.env } },
    );
  } finally {
    await rm(secret, { force: true });
  }
}

/** A standby begins as a copy of the stopped primary; pg_basebackup is not in the package. */
async function copyPrimary(primary: RunningPostgres, dataDir: string, user: ServerUser) {
  await mkdir(path.dirname(dataDir), { recursive: true });
  const copyAs = async (from: string, to: string) => {
    await cp(from, to, { recursive: true });
    if (user) await promisify(execFile)('chown', ['-R', `${user.uid}:${user.gid}`, to]);
  };
  await primary.restart(); // A clean checkpoint, so that the copy is short of nothing.
  const client = new pg.Client({ connectionString: primary.url() });
  await client.connect();
  try {
    const { rows } = await client.query(`select current_setting('server_version_num')::int as v`);
    const since15 = rows[0].v >= 150000;
    await client.query(
      since15
        ? `select pg_backup_start('standby', true)`
        : `select pg_start_backup('standby', true, false)`,
    );
    await copyAs(primary.dataDir, dataDir);
    const stop = since15 ? 'pg_backup_stop(false)' : 'pg_stop_backup(false, false)';
    const { rows: done } = await client.query(`select labelfile from ${stop}`);
    // WAL written while copying is needed too.
    await copyAs(path.join(primary.dataDir, 'pg_wal'), path.join(dataDir, 'pg_wal'));
    await rm(path.join(dataDir, 'postmaster.pid'), { force: true });
    for (const [name, text] of [
      ['backup_label', done[0].labelfile],
      ['standby.signal', ''],
    ]) {
      await writeFile(path.join(dataDir, name), text, { mode: 0o600 });
      await own(path.join(dataDir, name), user);
    }
    await chmod(dataDir, 0o700);
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    await client.end();
  }
}

async function writeSettings(
  dataDir: string,
  port: number,
  settings: Record<string, string>,
  primary: RunningPostgres | undefined,
  user: ServerUser,
) {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    log_timezone: 'UTC',
    timezone: 'UTC',
    logging_collector: 'off',
    password_encryption: 'scram-sha-256',
    ...settings,
  };
  if (primary)
    all.primary_conninfo = `host=127.0.0.1 port=${primary.port} user=postgres password=${primary.password} application_name=standby`;
  const quoted = Object.entries(all).map(
    ([name, value]) => `${name} = '${value.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`,
  );
  const file = path.join(dataDir, 'postgresql.conf');
  await writeFile(file, `${quoted.join('\n')}\n`, { mode: 0o600 });
  await own(file, user);
}

function launch(binaries: Binaries, dataDir: string, user: ServerUser): GuardedServer {
  return launchGuarded([path.join(binaries.bin, 'postgres'), '-D', dataDir], 'INT', {
    ...user,
    cwd: dataDir,
    env: { ...process.env, ...binaries.env, LC_ALL: 'C' },
  });
}

async function untilReady(url: string, { ended, lastLines }: GuardedServer) {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    if (over) break;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return;
    } catch {
      // Still starting or in recovery.
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error(`PostgreSQL did not start: ${lastLines.slice(-5).join(' | ')}`);
}

async function postmasterPid(dataDir: string): Promise<number> {
  return Number((await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n', 1)[0]);
}

/** A server of an earlier run that lost its parent is stopped before a new one starts on its data. */
async function stopLeftover(dataDir: string): Promise<void> {
  const pid = await postmasterPid(dataDir).catch(() => 0);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!pid || !command.includes(dataDir)) return;
  process.kill(pid, 'SIGINT');
  for (let waited = 0; waited < 20_000 && (await exists(`/proc/${pid}`)); waited += 100)
    await sleep(100);
}

/** A port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
