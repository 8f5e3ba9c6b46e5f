/** The servers of the demo: a primary with the shop, and a streaming standby. */
import path from 'node:path';
import pg from 'pg';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { buildShop, type ShopPasswords } from './shop';
import type { Connect } from './workload';

export type Fleet = { primary: RunningPostgres; standby: RunningPostgres };

/**
 * What takes longer than 1 ms is logged, which has p95 of everything that is not always fast; plans from 250 ms on. Six
 * files of ten minutes each are written over every hour: a demo that runs for weeks stays small.
 */
const logging = {
  logging_collector: 'on',
  log_destination: 'jsonlog',
  log_directory: 'log',
  log_filename: 'server-%M.log',
  log_rotation_age: '10min',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_min_messages: 'error',
  log_min_duration_statement: '1ms',
  log_lock_waits: 'on',
  log_temp_files: '1MB',
  log_autovacuum_min_duration: '1s',
  'auto_explain.log_min_duration': '250ms',
  'auto_explain.log_format': 'json',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
};

const settings = {
  shared_preload_libraries: 'pg_stat_statements,auto_explain',
  max_connections: '60',
  shared_buffers: '96MB',
  track_io_timing: 'on',
  max_wal_size: '256MB',
  wal_keep_size: '256MB',
  checkpoint_timeout: '5min',
  ...logging,
};

/** @param folder where the data are kept; without it they go when the servers stop */
export async function startFleet(passwords: ShopPasswords, folder?: string): Promise<Fleet> {
  const dataOf = (name: string) => (folder ? { dataDir: path.join(folder, name) } : {});
  const primary = await startPostgres({ ...dataOf('primary'), settings });
  const superuser = await connected(primary.url('postgres'));
  await buildShop(superuser, (database) => connected(primary.url(database)), passwords);
  await superuser.end();
  const standby = await startPostgres({
    ...dataOf('standby'),
    settings: { ...settings, hot_standby_feedback: 'off', max_standby_streaming_delay: '10s' },
    standbyOf: primary,
  });
  for (const server of [primary, standby]) await countFromNow(server);
  return { primary, standby };
}

/** A server says since when it counts only after a reset of its own, and forgets it in a crash. */
async function countFromNow(server: RunningPostgres): Promise<void> {
  const shop = await connected(server.url('shop'));
  await shop.query(
    `select pg_stat_reset() from pg_stat_database where datname = current_database() and stats_reset is null`,
  );
  await shop.end();
}

/** How the shop's applications sign in. */
export function clientsOf({ primary, standby }: Fleet, passwords: ShopPasswords): Connect {
  const ports = { primary: primary.port, standby: standby.port };
  return (on, role, application) => ({
    host: '127.0.0.1',
    port: ports[on],
    database: 'shop',
    user: role,
    password: passwords.app,
    application_name: application,
    options: '-c lock_timeout=8s',
  });
}

export async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: 'yagura demo set-up' });
  client.on('error', () => {}); // A lost connection also rejects the query in flight.
  await client.connect();
  return client;
}
