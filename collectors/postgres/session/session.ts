/** One guarded connection to a watched PostgreSQL: deadlines on every round trip, read-only, nothing believed. */
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Client } from 'pg';
import { addressesOf } from '@/collectors/run/address';
import type { Target } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { RawResult } from '@/lib/metric/row';
import { cancelQuery } from './cancel';
import { pgFailure } from './pg-failure';

export type QueryOptions = {
  /** The operation's name, for errors. */
  doing: string;
  /** Server-side statement timeout; the client gives up half a second later and cancels. */
  timeoutMs: number;
  params?: readonly (string | null | readonly string[])[];
  /** By the extended protocol, in which the server itself refuses a second statement. */
  extended?: boolean;
  /** Most bytes the answer may have; default 8 MiB. */
  maxBytes?: number;
};

export type Session = {
  readonly alive: boolean;
  /** Bytes received so far. */
  readonly bytesRead: number;
  /** Runs one statement. Values come as the text the server sent. @throws Failure */
  query(sql: string, options: QueryOptions): Promise<RawResult>;
  /** Ends politely when idle, by force otherwise; settles within a second. */
  close(): Promise<void>;
};

const connectTimeoutMs = 5_000;
const defaultMaxBytes = 8 * 1024 * 1024;
const asSent = { getTypeParser: () => (value: string) => value };

/** The parts of the driver that its types leave out. */
type Wire = {
  connection: { stream: NodeJS.EventEmitter & { destroy(error?: Error): void } };
  processID: number | null;
  secretKey: number | null;
  _handleAuthCleartextPassword(message: unknown): void;
  _handleAuthMD5Password(message: unknown): void;
};

/** Our mark in a statement, after its first word: PostgreSQL keeps it there in pg_stat_statements. */
export function marked(sql: string): string {
  return sql.replace(
    /^(\s*)(select|with|explain|set|show|begin|rollback|prepare|deallocate)\b/i,
    '$1$2 /* yagura */',
  );
}

/**
 * Connects with SCRAM, or with any method once TLS has proved who the server is.
 * @param applicationName shown in pg_stat_activity, `yagura/<collector>`
 * @throws Failure
 */
export async function openSession(target: Target, applicationName: string): Promise<Session> {
  let last: Failure | null = null;
  let addresses: string[];
  try {
    addresses = await addressesOf(target.host);
  } catch (error) {
    throw pgFailure(error, 'connect');
  }
  for (const address of addresses) {
    try {
      return await connectTo(target, address, applicationName);
    } catch (error) {
      last = pgFailure(error, 'connect');
      if (last.code !== 'unreachable') throw last;
    }
  }
  throw last ?? new Failure('unknown_host', `connect: ${target.host} has no address`, null, true);
}

async function connectTo(
  target: Target,
  address: string,
  applicationName: string,
): Promise<Session> {
  const tls: ConnectionOptions | null =
    target.tls === 'off'
      ? null
      : {
          host: target.host,
          ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
          rejectUnauthorized: target.tls === 'verify-full',
        };
  const client = new Client({
    host: address,
    port: target.port,
    database: target.database,
    user: target.user,
    // Not null: the driver would look into ~/.pgpass and PGPASSWORD for one.
    password: target.password ?? '',
    ssl: tls ?? false,
    application_name: applicationName.slice(0, 63),
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    statement_timeout: 3_000,
    lock_timeout: 100,
    idle_in_transaction_session_timeout: 10_000,
    options: '-c default_transaction_read_only=on -c client_min_messages=error',
    types: asSent,
  });
  const wire = client as unknown as Wire;
  if (target.tls !== 'verify-full') refuseWeakAuth(wire);
  let alive = true;
  let lost: Error | null = null;
  client.on('error', (error) => {
    alive = false;
    lost = error;
  });
  client.on('end', () => {
    alive = false;
  });
  try {
    await client.connect();
  } catch (error) {
    wire.connection.stream.destroy();
    throw error;
  }

  let bytesRead = 0;
  let bytesAllowed = Number.POSITIVE_INFINITY;
  let tooMuch = false;
  wire.connection.stream.on('data', (chunk: Buffer) => {
    bytesRead += chunk.length;
    if (bytesRead <= bytesAllowed || tooMuch) return;
    tooMuch = true;
    alive = false;
    wire.connection.stream.destroy();
  });

  const cancel = async (settled: Promise<unknown>): Promise<void> => {
    if (wire.processID !== null && wire.secretKey !== null)
      await cancelQuery(
        { address, port: target.port, tls },
        { processId: wire.processID, secretKey: wire.secretKey },
        1_000,
      );
    const stopped = await Promise.race([settled.then(() => true), wait(1_000).then(() => false)]);
    if (stopped) return;
    alive = false;
    wire.connection.stream.destroy();
  };

  const run = async (
    text: string,
    doing: string,
    deadlineMs: number,
    params?: QueryOptions['params'],
    extended?: boolean,
  ): Promise<RawResult> => {
    const answer = client.query<(string | null)[]>({
      text,
      rowMode: 'array',
      ...(params === undefined ? {} : { values: params as unknown[] }),
      ...(extended ? { queryMode: 'extended' } : {}),
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
      if (first === 'late') {
        await cancel(settled);
        throw new Failure('timeout', `${doing}: no answer within ${deadlineMs} ms`, null, !alive);
      }
      // Several statements give several answers: none of ours of that kind is read.
      if (Array.isArray(first)) return { columns: [], rows: [] };
      return { columns: first.fields.map(({ name }) => name), rows: first.rows };
    } catch (error) {
      if (tooMuch)
        throw new Failure('too_much_data', `${doing}: the answer is too large`, null, true);
      const failure = pgFailure(error, doing);
      if (failure.fatal) alive = false;
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  };

  let serverTimeoutMs = 3_000;
  return {
    get alive() {
      return alive;
    },
    get bytesRead() {
      return bytesRead;
    },
    async query(sql, { doing, timeoutMs, params, maxBytes, extended }) {
      if (!alive)
        throw new Failure(
          'connection_lost',
          `${doing}: ${lost?.message ?? 'the connection is closed'}`,
          null,
          true,
        );
      bytesAllowed = bytesRead + (maxBytes ?? defaultMaxBytes);
      if (timeoutMs !== serverTimeoutMs) {
        await run(`set /* yagura */ statement_timeout = ${Math.round(timeoutMs)}`, doing, 2_000);
        serverTimeoutMs = timeoutMs;
      }
      return run(marked(sql), doing, timeoutMs + 500, params, extended);
    },
    async close() {
      alive = false;
      await Promise.race([client.end().catch(() => undefined), wait(500)]);
      wire.connection.stream.destroy();
    },
  };
}

/** A server that has not proved itself gets neither the password nor a hash it chose the salt of (codes 3 and 5). */
function refuseWeakAuth(wire: Wire): void {
  const refuse = (method: string) => () => {
    wire.connection.stream.destroy(
      new Failure(
        'weak_auth_refused',
        `the server asks for the password by ${method}; it was not sent`,
        'Use scram-sha-256 in pg_hba.conf (and set the role\'s password again), or TLS "verify-full".',
        true,
      ),
    );
  };
  wire._handleAuthCleartextPassword = refuse('cleartext');
  wire._handleAuthMD5Password = refuse('md5');
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
