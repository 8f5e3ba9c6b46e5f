/** The second cluster of the demo, a MariaDB with a replica, when this machine has MariaDB; nothing is fetched for it. */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import mysql from 'mysql2/promise';
import type { Pool } from 'pg';
import { mariadbAtHand } from '@/scripts/servers/mariadb';
import { type RunningMysql, startMysqlServer, startReplica } from '@/scripts/servers/mysql-server';
import { registerDemo, warehouseCluster } from '../register';
import { rushAt, seededRandom, wait } from '../rhythm';
import { buildWarehouse, type WarehousePasswords } from './warehouse';
import { type Actor, actors } from './work';

/** Small, and it says what it does: MariaDB has performance_schema and most of its consumers off by default. */
const config = {
  max_connections: '40',
  innodb_buffer_pool_size: '48M',
  innodb_log_file_size: '32M',
  max_binlog_size: '16M',
  binlog_expire_logs_seconds: '86400',
  sync_binlog: '0',
  innodb_flush_log_at_trx_commit: '2',
  performance_schema_consumer_events_statements_current: 'ON',
  performance_schema_consumer_events_waits_current: 'ON',
  performance_schema_instrument: 'wait/lock/%=ON',
  slow_query_log: 'ON',
  log_output: 'TABLE',
  long_query_time: '0.2',
};

type Options = {
  store: Pool;
  folder: string;
  passwords: WarehousePasswords;
  stop: AbortSignal;
  log(line: string): void;
};

/** Runs until stopped; a server that cannot be started is said and harms no other part of the demo. */
export async function runWarehouse({ store, folder, passwords, stop, log }: Options) {
  const servers: RunningMysql[] = [];
  try {
    const programs = await mariadbAtHand();
    if (programs === null) {
      log('no MariaDB on this machine (/usr/sbin/mariadbd): the demo shows PostgreSQL alone');
      return;
    }
    const options = (name: string) => ({ dataDir: path.join(folder, name), config });
    const primary = await startMysqlServer(programs, options('warehouse-primary'));
    servers.push(primary);
    await buildWarehouse(primary, passwords);
    const replica = await startReplica(programs, primary, options('warehouse-replica'));
    servers.push(replica);
    if (stop.aborted) return;
    await registerDemo(store, warehouseCluster, servers, passwords);
    log('a MariaDB and its replica are running');
    const port = { primary: primary.port, replica: replica.port };
    setMaxListeners(0, stop); // Each actor waits on the same signal.
    await Promise.all([
      ...actors.map((actor, at) => live(actor, port[actor.on], passwords.app, at, stop, log)),
      keepSmall(servers, stop),
    ]);
  } catch (error) {
    if (!stop.aborted) log(`MariaDB: ${(error as Error).message}`);
  } finally {
    for (const server of servers.reverse()) await server.stop().catch(() => {});
  }
}

async function live(
  actor: Actor,
  port: number,
  password: string,
  at: number,
  stop: AbortSignal,
  log: (line: string) => void,
) {
  const random = seededRandom(2000 + at);
  const linger = (ms: number) => wait(ms, stop);
  while (!stop.aborted) {
    const db = await mysql
      .createConnection({
        ...{ host: '127.0.0.1', port, user: actor.user, password, database: 'warehouse' },
        connectAttributes: { program_name: actor.application },
      })
      .catch(() => null);
    db?.on('error', () => {}); // A lost connection also rejects the query in flight.
    try {
      while (db && !(await linger((actor.pauseMs / rushAt(Date.now())) * (0.5 + random()))))
        await actor.work(db, random, linger).catch(async (error: { errno?: number }) => {
          // A deadlock or a wait that took too long: part of the picture.
          if (error.errno !== 1213 && error.errno !== 1205) throw error;
          await db.rollback();
        });
    } catch (error) {
      if (!stop.aborted) log(`${actor.application}: ${(error as Error).message}`);
    } finally {
      db?.destroy();
    }
    await linger(2000);
  }
}

/** The slow log's table grows without end by itself. */
async function keepSmall(servers: readonly RunningMysql[], stop: AbortSignal): Promise<void> {
  for (const server of servers) await server.query('set session sql_log_bin = 0');
  while (!(await wait(3_600_000, stop)))
    for (const server of servers) await server.query('truncate mysql.slow_log').catch(() => {});
}
