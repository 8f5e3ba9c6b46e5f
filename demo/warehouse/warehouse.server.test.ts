import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publishPublicKey } from '@/lib/secret/keys';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { whyNoMariadb } from '@/scripts/servers/mariadb';
import { runWarehouse } from './run-warehouse';

const why = await whyNoMariadb();
const passwords = { app: 'of-apps', monitor: 'of-yagura', explain: 'of-plans' };
let store: RunningPostgres;
let db: pg.Pool;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'yagura-warehouse-'));
  store = await startPostgres();
  await migrate(store.url());
  db = openPool(store.url(), 2);
  await publishPublicKey(db, randomBytes(32).toString('base64url'));
});
afterAll(async () => {
  await db?.end();
  await store?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function countOn(name: string): Promise<number> {
  const { rows } = await db.query<{ port: number }>('select port from instance where name = $1', [
    name,
  ]);
  const login = { user: 'planning', password: passwords.app, database: 'warehouse' };
  const client = await mysql.createConnection({
    host: '127.0.0.1',
    port: rows[0]?.port ?? 0,
    ...login,
  });
  const [found] = await client.query('select count(*) as n from movement');
  await client.end();
  return Number((found as { n: number }[])[0]?.n);
}

/** Runs it until its work has arrived at the replica; gives the lines it logged. */
async function runOnce(atLeast: number): Promise<{ lines: string[]; movements: number }> {
  const stopping = new AbortController();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const running = runWarehouse({ store: db, folder, passwords, stop: stopping.signal, log });
  let movements = 0;
  try {
    await vi.waitFor(
      async () => {
        movements = await countOn('warehouse-replica');
        expect(movements).toBeGreaterThan(atLeast);
      },
      { timeout: 60_000, interval: 300 },
    );
  } finally {
    stopping.abort();
    await running;
  }
  return { lines, movements };
}

test.skipIf(why)(
  'works on a primary and its replica, again after a stop, and is in the store',
  async () => {
    const first = await runOnce(60_000);
    expect(first.lines).toEqual(['a MariaDB and its replica are running']);
    const again = await runOnce(first.movements);
    expect(again.lines).toEqual(['a MariaDB and its replica are running']);
    const { rows } = await db.query(
      `select i.name, c.name as cluster, engine, demo, password is not null as sealed from instance i
     join cluster c on c.id = i.cluster_id order by i.name`,
    );
    const one = { cluster: 'warehouse (demo)', engine: 'mariadb', demo: true, sealed: true };
    expect(rows).toEqual([
      { name: 'warehouse-primary', ...one },
      { name: 'warehouse-replica', ...one },
    ]);
  },
);
