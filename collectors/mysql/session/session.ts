/** One guarded connection to a watched MySQL or MariaDB: deadlines on every round trip, read-only, nothing believed. */
import { connect as connectTcp, isIP } from 'node:net';
import mysql from 'mysql2';
import { addressesOf } from '@/collectors/run/address';
import type { Target } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { Flavour } from '@/lib/metric/define-metric';
import type { RawResult } from '@/lib/metric/row';
import { guardedPlugins } from './auth-plugins';
import { mysqlFailure } from './mysql-failure';

export type QueryOptions = {
  /** The operation's name, for errors. */
  doing: string;
  /** Server-side timeout; the client gives up half a second later and cancels. */
  timeoutMs: number;
  /** For each `?`; an array becomes a list and must not be empty. */
  params?: readonly (string | number | null | readonly string[])[];
  /** Most bytes the answer may have; default 8 MiB. */
  maxBytes?: number;
};

export type Session = {
  readonly alive: boolean;
  /** Bytes received so far. */
  readonly bytesRead: number;
  readonly flavour: Flavour;
  /** 800 is MySQL 8.0, 1011 is MariaDB 10.11. */
  readonly version: number;
  /** As the server writes it. */
  readonly versionText: string;
  /** What the server calls this connection: PROCESSLIST_ID. */
  readonly connectionId: number;
  /** Runs one statement. Values come as the text the server sent. @throws Failure */
  query(sql: string, options: QueryOptions): Promise<RawResult>;
  /** Ends politely when idle, by force otherwise; settles within a second. */
  close(): Promise<void>;
};

const connectTimeoutMs = 5_000;
const defaultMaxBytes = 8 * 1024 * 1024;
const firstTimeoutMs = 3_000;

/** The parts of the driver that its types leave out. */
type Wire = { stream: NodeJS.EventEmitter & { destroy(): void } };

/** Our mark in a statement, after its first word: shown in process lists and logs; digests leave comments out. */
export function marked(sql: string): string {
  return sql.replace(/^(\s*)([a-z]+)\b/i, '$1$2 /* yagura */');
}

/**
 * Connects; see {@link guardedPlugins} for which servers get a password.
 * @param applicationName the connection attribute program_name, `yagura/<collector>`
 * @throws Failure
 */
export async function openSession(target: Target, applicationName: string): Promise<Session> {
  let last: Failure | null = null;
  let addresses: string[];
  try {
    addresses = await addressesOf(target.host);
  } catch (error) {
    throw mysqlFailure(error, 'connect');
  }
  if (target.tls === 'verify-full' && isIP(target.host) !== 0)
    throw new Failure(
      'tls_untrusted',
      'connect: TLS "verify-full" needs the name that is in the server\'s certificate, not an address',
      'Give the host by its name.',
      true,
    );
  for (const address of addresses) {
    try {
      return await connectTo(target, address, applicationName);
    } catch (error) {
      last = mysqlFailure(error, 'connect');
      if (last.code !== 'unreachable') throw last;
    }
  }
  throw last ?? new Failure('unknown_host', `connect: ${target.host} has no address`, null, true);
}

/** The driver with everything off that a server could misuse; statements, rows and columns are bounded by the caller. */
async function openDriver(
  target: Target,
  address: string,
  applicationName: string,
): Promise<mysql.Connection> {
  let refused: Failure | null = null;
  const socket = connectTcp({ host: address, port: target.port, noDelay: true, keepAlive: true });
  const connection = mysql.createConnection({
    stream: () => socket,
    host: target.host, // For the certificate; the socket goes to the address that was looked at.
    port: target.port,
    user: target.user,
    password: target.password ?? '',
    ...(target.database === '' ? {} : { database: target.database }),
    ...(target.tls === 'off'
      ? {}
      : {
          ssl: {
            rejectUnauthorized: target.tls === 'verify-full',
            verifyIdentity: target.tls === 'verify-full',
            minVersion: 'TLSv1.2',
          },
        }),
    authPlugins: guardedPlugins(target.tls, address, (failure) => {
      refused = failure;
    }),
    enableCleartextPlugin: target.tls === 'verify-full',
    flags: ['-LOCAL_FILES', '-FOUND_ROWS', '-ODBC', '-IGNORE_SPACE'],
    multipleStatements: false,
    disableEval: true,
    connectTimeout: connectTimeoutMs,
    rowsAsArray: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    stringifyObjects: true,
    typeCast: (field) => field.string(),
    connectAttributes: { program_name: applicationName.slice(0, 63) },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject);
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    connection.on('error', () => undefined);
    connection.destroy();
    socket.destroy();
    throw refused ?? mysqlFailure(error, 'connect');
  }
  connection.removeAllListeners('error');
  return connection;
}

async function connectTo(
  target: Target,
  address: string,
  applicationName: string,
): Promise<Session> {
  const connection = await openDriver(target, address, applicationName);
  const stream = (connection as unknown as Wire).stream;
  let alive = true;
  let lost: Error | null = null;
  let bytesRead = 0;
  let bytesAllowed = Number.POSITIVE_INFINITY;
  let tooMuch = false;
  connection.on('error', (error: Error) => {
    alive = false;
    lost = error;
  });
  connection.on('end', () => {
    alive = false;
  });
  stream.on('data', (chunk: Buffer) => {
    bytesRead += chunk.length;
    if (bytesRead <= bytesAllowed || tooMuch) return;
    tooMuch = true;
    alive = false;
    connection.destroy();
    stopWaiting();
  });
  let stopWaiting: () => void = () => undefined;
  const connectionId = connection.threadId ?? 0;

  /** Stops what runs, by a second connection of the same login; what does not stop loses its connection. */
  const cancel = async (settled: Promise<unknown>): Promise<void> => {
    const stopping = killQuery(target, address, applicationName, connectionId);
    const stopped = await Promise.race([
      Promise.all([settled, stopping]).then(() => true),
      wait(1_500).then(() => false),
    ]);
    if (stopped) return;
    alive = false;
    connection.destroy();
  };

  const run = async (
    sql: string,
    doing: string,
    deadlineMs: number,
    params?: QueryOptions['params'],
  ): Promise<RawResult> => {
    const answer = new Promise<RawResult>((resolve, reject) => {
      connection.query(
        { sql, ...(params ? { values: [...params] } : {}) },
        (error: unknown, rows: unknown, fields: unknown) => {
          if (error) reject(error);
          else resolve(readResult(rows, fields, doing));
        },
      );
      stopWaiting = () => reject(new Error('the connection is closed'));
    });
    const settled = answer.then(
      () => undefined,
      () => undefined,
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), deadlineMs);
    });
    try {
      const first = await Promise.race([answer, late]);
      if (first !== 'late') return first;
      await cancel(settled);
      throw new Failure('timeout', `${doing}: no answer within ${deadlineMs} ms`, null, !alive);
    } catch (error) {
      if (tooMuch)
        throw new Failure('too_much_data', `${doing}: the answer is too large`, null, true);
      const failure = mysqlFailure(error, doing);
      if (failure.fatal) alive = false;
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  };

  let versionText: string;
  let kind: { flavour: Flavour; version: number };
  try {
    const asked = await run('select /* yagura */ @@version', 'connect', connectTimeoutMs);
    versionText = asked.rows[0]?.[0] ?? '';
    kind = readVersion(versionText);
    await run(sessionSettings(kind.flavour), 'connect: set timeouts', 2_000);
  } catch (error) {
    connection.destroy();
    throw mysqlFailure(error, 'connect');
  }
  let serverTimeoutMs = firstTimeoutMs;
  return {
    ...kind,
    versionText,
    connectionId,
    get alive() {
      return alive;
    },
    get bytesRead() {
      return bytesRead;
    },
    async query(sql, { doing, timeoutMs, params, maxBytes }) {
      if (!alive)
        throw new Failure(
          'connection_lost',
          `${doing}: ${lost?.message ?? 'the connection is closed'}`,
          null,
          true,
        );
      bytesAllowed = bytesRead + (maxBytes ?? defaultMaxBytes);
      if (timeoutMs !== serverTimeoutMs) {
        await run(
          `set /* yagura */ session ${timeoutSetting(kind.flavour, timeoutMs)}`,
          doing,
          2_000,
        );
        serverTimeoutMs = timeoutMs;
      }
      return run(marked(sql), doing, timeoutMs + 500, params);
    },
    async close() {
      alive = false;
      await Promise.race([
        new Promise<void>((resolve) => {
          connection.end(() => resolve());
        }),
        wait(500),
      ]);
      connection.destroy();
    },
  };
}

/** `10.11.18-MariaDB-0+deb12u1` is MariaDB 1011, `8.4.3` is MySQL 804. Forks of MySQL keep its numbers. */
export function readVersion(text: string): { flavour: Flavour; version: number } {
  const [, major, minor] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(text) ?? [];
  return {
    flavour: /mariadb/i.test(text) ? 'mariadb' : 'mysql',
    version: Number(major ?? 0) * 100 + Number(minor ?? 0),
  };
}

const timeoutSetting = (flavour: Flavour, ms: number) =>
  flavour === 'mysql'
    ? `max_execution_time = ${Math.max(1, Math.round(ms))}`
    : `max_statement_time = ${Math.max(0.001, ms / 1000)}`;

/**
 * Short waits, nothing written, and no place in the slow log: what we ask is bounded by its own timeout. The SQL mode and
 * time zone are ours, so that a server's own do not change what a query means.
 */
function sessionSettings(flavour: Flavour): string {
  return `set /* yagura */ session ${[
    'autocommit = 1',
    flavour === 'mysql' ? 'transaction_read_only = 1' : 'tx_read_only = 1',
    timeoutSetting(flavour, firstTimeoutMs),
    'lock_wait_timeout = 1',
    'innodb_lock_wait_timeout = 1',
    'long_query_time = 3600',
    // Else log_queries_not_using_indexes logs all that reads performance_schema, as it does on MySQL, where this needs
    // SESSION_VARIABLES_ADMIN: a right to much more.
    ...(flavour === 'mariadb' ? ['min_examined_row_limit = 4294967295'] : []),
    `sql_mode = ''`,
    `time_zone = '+00:00'`,
  ].join(', ')}`;
}

function readResult(rows: unknown, fields: unknown, doing: string): RawResult {
  if (!Array.isArray(fields)) return { columns: [], rows: [] };
  if (!Array.isArray(rows) || fields.some((field) => Array.isArray(field) || field === undefined))
    throw new Failure('wrong_shape', `${doing}: the server sent several results`);
  return {
    columns: fields.map((field: { name: string }) => field.name),
    rows: rows as (string | null)[][],
  };
}

async function killQuery(target: Target, address: string, name: string, id: number): Promise<void> {
  const helper = await openDriver(target, address, name).catch(() => null);
  if (helper === null) return;
  helper.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    helper.query(`kill query ${Math.trunc(id)}`, () => resolve());
    setTimeout(resolve, 1_000).unref();
  });
  helper.destroy();
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
