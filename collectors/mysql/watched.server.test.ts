/** A MySQL and a MariaDB are watched by the collector process itself, from the configuration to the store. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';

const rootKey = randomBytes(32).toString('base64url');
const kinds = [
  { flavour: 'mysql' as const, why: await whyNoMysql(), start: startMysql, version: /^9\.7/ },
  { flavour: 'mariadb' as const, why: await whyNoMariadb(), start: startMariadb, version: /^10/ },
];
let store: RunningPostgres;
let db: pg.Pool;
let collector: ChildProcess | null = null;
const servers: RunningMysql[] = [];

beforeAll(async () => {
  store = await startPostgres();
  await migrate(store.url());
  db = openPool(store.url(), 3);
  await db.query(`insert into cluster (name) values ('one')`);
  const key = await publishPublicKey(db, rootKey);
  for (const { flavour, why, start } of kinds) {
    if (why) continue;
    const server = await start();
    servers.push(server);
    const account = { flavour, user: 'yagura', host: '127.0.0.1', requireTls: false };
    for (const statement of mysqlAccountScript(account)
      .replace('<PASSWORD>', 'for tests')
      .split(/;\n/))
      await server.query(statement);
    const { rows } = await db.query<{ id: number }>(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
       values ($1, 1, $1, '127.0.0.1', $2, 'performance_schema', 'yagura', 'off', now()) returning id`,
      [flavour, server.port],
    );
    const id = rows[0]?.id ?? 0;
    const place = { table: 'instance', row: String(id), column: 'password' };
    await db.query('update instance set password = $2 where id = $1', [
      id,
      seal(key, 'for tests', place),
    ]);
  }
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
});
afterAll(async () => {
  collector?.kill('SIGKILL');
  await db?.end();
  for (const server of servers) await server.stop();
  await store?.stop();
});

test.each(kinds)('$flavour is up with its version, and its metrics are read', async (kind) => {
  if (kind.why) return;
  const status = async () =>
    (
      await db.query<{ state: string; version: string; role: string; reason: unknown }>(
        `select s.state, s.version, s.role, s.reason from instance_status s join instance i on i.id = s.instance_id
         where i.name = $1`,
        [kind.flavour],
      )
    ).rows[0];
  await vi.waitFor(async () => expect(await status()).toMatchObject({ state: 'up' }), {
    timeout: 30_000,
    interval: 250,
  });
  expect(await status()).toMatchObject({ version: kind.version, role: 'primary', reason: null });
  const health = async () =>
    (
      await db.query<{ metric: string; error: unknown }>(
        `select metric, error from metric_health h join instance i on i.id = h.instance_id where i.name = $1`,
        [kind.flavour],
      )
    ).rows;
  expect(await health()).toContainEqual({ metric: 'mysql.connections', error: null });
});
