/** Starts and stops real servers of MySQL's protocol, MySQL's own and MariaDB: those of tests and of the demo fleet. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { exists } from './binaries';
import { freePort } from './embedded';
import { type GuardedServer, launchGuarded } from './guarded';

/** How one kind of server is started; mysql.ts and mariadb.ts have one each. */
export type MysqlPrograms = {
  flavour: 'mysql' | 'mariadb';
  /** The server's program and its own options: where its files are. */
  command: string[];
  env: Record<string, string>;
  /** Fills an empty data folder. */
  initialise(dataDir: string): Promise<void>;
  /** Settings besides those both kinds share. */
  settings: Record<string, string>;
  /** Statements that stop following; harmless where nothing is followed. */
  unfollow: string[];
  /** Statements that make a server follow the primary, with GTIDs. */
  follow(primary: { port: number; user: string; password: string }): string[];
};

export type MysqlOptions = {
  /** Settings by name, e.g. `{ max_connections: '20' }`; they win over ours. */
  config?: Record<string, string>;
  /** Kept across runs. Without it, a temporary folder that goes with stop(). */
  dataDir?: string;
  /** A free one unless told. */
  port?: number;
};

export type RunningMysql = {
  flavour: 'mysql' | 'mariadb';
  host: '127.0.0.1';
  port: number;
  user: 'root';
  password: string;
  dataDir: string;
  url(database?: string, user?: string, password?: string): string;
  /** One statement as root, on a connection that stays open; `session` another one of its own. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A connection of its own as root, or as `as`; the caller ends it. */
  connect(as?: { user: string; password: string; database?: string }): Promise<mysql.Connection>;
  /** Resolves when the server has ended, wanted or not. */
  ended(): Promise<void>;
  /** Clean stop; a temporary data folder is removed. */
  stop(): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Clean stop of what still runs, then a start on the same port and data, with `config` besides what it had. */
  restart(config?: Record<string, string>): Promise<void>;
};

/**
 * Starts a server on 127.0.0.1 with a binary log, GTIDs and `performance_schema`, and waits until it answers. It ends
 * when this process ends, however that happens. @throws with the server's own last lines when it does not come up
 */
export async function startMysqlServer(
  programs: MysqlPrograms,
  options: MysqlOptions = {},
): Promise<RunningMysql> {
  const temporary = options.dataDir ? null : await mkdtemp(path.join(tmpdir(), 'yagura-my-'));
  const dataDir = path.resolve(options.dataDir ?? path.join(temporary as string, 'data'));
  const passwordFile = `${dataDir}.password`;
  const fresh = !(await exists(path.join(dataDir, 'mysql')));
  if (fresh) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await programs.initialise(dataDir);
  }
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const port = options.port ?? (await freePort());
  let config = options.config ?? {};
  const pidFile = `${dataDir}.pid`;
  const pid = async () => Number((await readFile(pidFile, 'utf8').catch(() => '0')).trim());
  await stopLeftover(await pid(), dataDir);

  let running: GuardedServer;
  let first = fresh;
  let own: Promise<mysql.Connection> | null = null;
  const start = async () => {
    const settings = {
      ...(await commonSettings(dataDir, port, pidFile)),
      ...programs.settings,
      ...config,
    };
    const given = Object.entries(settings).map(
      ([name, value]) => `--${name.replaceAll('_', '-')}=${value}`,
    );
    const welcome = `${dataDir}.sql`;
    if (first) {
      await writeFile(welcome, makeRoot(password), { mode: 0o600 });
      given.push(`--init-file=${welcome}`);
    }
    running = launchGuarded([...programs.command, ...given], 'TERM', {
      cwd: dataDir,
      env: { ...process.env, ...programs.env },
    });
    await untilReady(server, running);
    await rm(welcome, { force: true });
    first = false;
  };
  const halt = async () => {
    const connection = own;
    own = null;
    await (await connection?.catch(() => null))?.end().catch(() => {});
    running.child.stdin?.end();
    await running.ended;
  };
  const server: RunningMysql = {
    flavour: programs.flavour,
    host: '127.0.0.1',
    port,
    user: 'root',
    password,
    dataDir,
    url: (database = '', as = 'root', secret = password) =>
      `mysql://${encodeURIComponent(as)}:${encodeURIComponent(secret)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    connect: async (as = { user: 'root', password }) => {
      const connection = await mysql.createConnection({ host: '127.0.0.1', port, ...as });
      connection.on('error', () => {});
      return connection;
    },
    async query(sql, values) {
      own ??= server.connect();
      const connection = await own.catch((error) => {
        own = null;
        throw error;
      });
      const [rows] = await connection.query(sql, values);
      return (Array.isArray(rows) ? rows : []) as Record<string, unknown>[];
    },
    ended: () => running.ended,
    async stop() {
      await halt();
      if (temporary) await rm(temporary, { recursive: true, force: true });
    },
    async kill() {
      own = null;
      process.kill(await pid(), 'SIGKILL');
      await running.ended;
    },
    async restart(more = {}) {
      await halt();
      config = { ...config, ...more };
      await start();
    },
  };
  await start();
  return server;
}

/** A server that follows `primary` from its first transaction on (its binary logs must still be whole). */
export async function startReplica(
  programs: MysqlPrograms,
  primary: RunningMysql,
  options: MysqlOptions = {},
): Promise<RunningMysql> {
  const replica = await startMysqlServer(programs, options);
  // On data of an earlier run it follows a port that may be another's now.
  for (const statement of programs.unfollow) await replica.query(statement);
  for (const statement of programs.follow(primary)) await replica.query(statement);
  return replica;
}

async function commonSettings(dataDir: string, port: number, pidFile: string) {
  return {
    datadir: dataDir,
    port: String(port),
    bind_address: '127.0.0.1',
    // A path of a socket may have 107 characters at most; nothing uses it.
    socket: path.join('/tmp', `yagura-${port}.sock`),
    pid_file: pidFile,
    server_id: String(port), // Unlike any other server's on this machine.
    log_bin: 'binlog',
    binlog_format: 'ROW',
    performance_schema: 'ON',
    skip_name_resolve: 'ON',
    local_infile: 'OFF',
    innodb_buffer_pool_size: '64M',
    default_time_zone: '+00:00',
    ...(process.getuid?.() === 0 && { user: 'root' }),
  };
}

/** Not for the binary log: a replica makes its own. */
const makeRoot = (password: string) =>
  [
    'SET SESSION sql_log_bin = 0;',
    `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';`,
    `ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;`,
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    'SET SESSION sql_log_bin = 1;',
    '',
  ].join('\n');

async function untilReady(server: RunningMysql, { ended, lastLines }: GuardedServer) {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  let reason = '';
  for (const deadline = Date.now() + 90_000; Date.now() < deadline && !over; await sleep(50)) {
    try {
      await (await server.connect()).end();
      return;
    } catch (error) {
      reason = (error as Error).message; // Still starting.
    }
  }
  throw new Error(
    `${server.flavour} did not start: ${[reason, ...lastLines.slice(-8)].join(' | ')}`,
  );
}

/** A server of an earlier run that lost its parent is stopped before a new one starts on its data. */
async function stopLeftover(pid: number, dataDir: string): Promise<void> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!pid || !command.includes(dataDir)) return;
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < 20_000 && (await exists(`/proc/${pid}`)); waited += 100)
    await sleep(100);
}
