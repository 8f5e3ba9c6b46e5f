/** The store: PostgreSQL behind append and read functions. Server only. */
import pg from 'pg';

let shared: pg.Pool | undefined;

/**
 * The process's pool on the store, from DATABASE_URL.
 * Every statement has a deadline on the server, so that a slow store slows nothing else for long.
 * @throws when DATABASE_URL is not set
 */
export function pool(): pg.Pool {
  shared ??= openPool(requireUrl(), 8);
  return shared;
}

/** A pool of its own for another store or process; the caller ends it. */
export function openPool(connectionString: string, max: number): pg.Pool {
  const made = new pg.Pool({
    connectionString,
    max,
    application_name: 'yagura store',
    connectionTimeoutMillis: 5000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    // Compiling what unnests arrays takes longer than running it.
    options: '-c jit=off',
  });
  // A connection lost to a restart: the query that is running, or the next one, reports what matters. Without a listener
  // on the client itself, one that is lent out would end the process.
  made.on('error', () => {});
  made.on('connect', (client) => client.on('error', () => {}));
  return made;
}

export function requireUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set: Yagura needs its store.');
  return url;
}
