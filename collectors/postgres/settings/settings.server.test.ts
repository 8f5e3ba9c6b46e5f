/** Settings are read as the server shows them, without what may be secret, and a change becomes an event. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchSettings } from '@/collectors/run/watch-settings';
import { readWatchedInstance, type WatchedInstance } from '@/collectors/store/watched-instances';
import type { InstanceSettings } from '@/lib/inventory/settings';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readEvents } from '@/lib/storage/read-events';
import { readSettings } from '@/lib/storage/read-settings';
import {
  type PostgresVersion,
  postgresVersions,
  type RunningPostgres,
  startPostgres,
} from '@/scripts/servers/embedded';
import { openSession } from '../session/session';
import { readSettings as readFrom, readPostgresSettings } from './read-settings';

const words = 'secret-for-tests';

async function prepare(server: RunningPostgres, sql: string) {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const makeWatcher = `create role watcher login password '${words}'; grant pg_monitor to watcher`;

describe.each(postgresVersions as readonly PostgresVersion[])('PostgreSQL %i', (version) => {
  let server: RunningPostgres;
  let read: InstanceSettings;
  let shown: Map<string, string>;

  beforeAll(async () => {
    server = await startPostgres({
      version,
      settings: {
        work_mem: '8MB',
        archive_command: 'curl -H "Token: abc"',
        statement_timeout: '7s',
      },
    });
    await prepare(server, `${makeWatcher}; alter role watcher set enable_seqscan = off`);
    await prepare(server, 'create database shop');
    await prepare(server, 'alter database shop set random_page_cost = 1.1');
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    // Set to what they are built with, and shown. Of those of TCP the kernel tells its own.
    const { rows } = await client.query(
      `select name, case when boot_val is not null then set_config(name, boot_val, true) end as value from pg_settings
       where context in ('user', 'superuser') and unit is not null and name not like 'tcp%'`,
    );
    shown = new Map(rows.map(({ name, value }) => [name, value]));
    await client.end();
    const session = await openSession(
      {
        host: '127.0.0.1',
        port: server.port,
        database: 'postgres',
        user: 'watcher',
        password: words,
        tls: 'off',
      },
      'yagura/test',
    );
    read = await readFrom(session);
    await session.close();
  });
  afterAll(async () => {
    await server?.stop();
  });
  const setting = (name: string) => read.settings.find((one) => one.name === name);

  test('a value has its unit, and is told apart from the one built in', () => {
    expect(setting('work_mem')).toMatchObject({
      value: '8MB',
      default: '4MB',
      changed: true,
      hidden: null,
      pending_restart: false,
    });
    expect(setting('maintenance_work_mem')).toMatchObject({ value: '64MB', changed: false });
  });

  test('built-in values are written as the server writes them', () => {
    const ours = read.settings.filter(({ name, hidden }) => shown.has(name) && hidden !== 'secret');
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.map(({ name, default: value }) => [name, value])).toEqual(
      ours.map(({ name }) => [name, shown.get(name)]),
    );
  });

  test('what may hold a secret, and what our own connection sets, is not told', () => {
    expect(setting('archive_command')).toMatchObject({
      value: null,
      default: null,
      hidden: 'secret',
      changed: true,
    });
    expect(setting('statement_timeout')).toMatchObject({
      value: null,
      hidden: 'connection',
      changed: false,
    });
    expect(setting('transaction_read_only')).toMatchObject({ value: null, hidden: 'connection' });
    expect(JSON.stringify(read)).not.toContain('Token: abc');
  });

  test('values of roles and databases, and extensions, are there', () => {
    expect(read.overrides).toEqual([
      { database: null, role: 'watcher', name: 'enable_seqscan', value: 'off' },
      { database: 'shop', role: null, name: 'random_page_cost', value: '1.1' },
    ]);
    expect(read.extensions).toContainEqual({ name: 'plpgsql', installed: '1.0', available: '1.0' });
    expect(Math.floor(read.version_number / 10_000)).toBe(version);
  });
});

describe('in the store', () => {
  const rootKey = randomBytes(32).toString('base64url');
  let store: RunningPostgres;
  let target: RunningPostgres;
  let db: pg.Pool;
  let instance: WatchedInstance;

  beforeAll(async () => {
    store = await startPostgres();
    target = await startPostgres();
    await prepare(target, makeWatcher);
    await migrate(store.url());
    db = openPool(store.url(), 4);
    await db.query(`insert into cluster (name) values ('one')`);
    await db.query(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
       values ('target', 1, 'postgres', '127.0.0.1', $1, 'postgres', 'watcher', 'off', now())`,
      [target.port],
    );
    const key = await publishPublicKey(db, rootKey);
    await db.query('update instance set password = $1', [
      seal(key, words, { table: 'instance', row: '1', column: 'password' }),
    ]);
    await db.query(`insert into lease values (1, 'this', 7, now() + interval '1 hour')`);
    instance = (await readWatchedInstance(db, 1)) as WatchedInstance;
  });
  afterAll(async () => {
    await db?.end();
    await target?.stop();
    await store?.stop();
  });

  test('a change is an event with both values, and a failure keeps what was read', async () => {
    expect(await readSettings(db, 1)).toMatchObject({
      at: null,
      settings: [],
      unavailable: null,
    });
    const loop = watchSettings({
      read: readPostgresSettings,
      ...{ db, rootKey, applicationName: 'yagura/test', log: () => undefined },
      ...{ firstMs: 0, everyMs: 100 },
    })(instance, { instanceId: 1, fence: 7n });
    await expect
      .poll(async () => (await readSettings(db, 1)).at, { timeout: 5_000 })
      .not.toBeNull();
    expect((await readSettings(db, 1)).changes).toEqual([]);
    await prepare(target, `alter system set work_mem = '16MB'`);
    await prepare(target, 'select pg_reload_conf()');
    await expect
      .poll(async () => (await readSettings(db, 1)).changes, { timeout: 5_000 })
      .toMatchObject([{ kind: 'setting_changed', name: 'work_mem', from: '4MB', to: '16MB' }]);
    const [event] = await readEvents(db, { from: 0, to: Date.now() + 60_000, instance: '1' });
    expect(event).toMatchObject({ cluster: '1', text: 'work_mem: 4MB → 16MB' });
    const said = await readSettings(db, 1);
    expect(said.settings[0]).toMatchObject({ changed: true });
    expect(said.supported_until).not.toBeNull();
    await target.stop();
    await expect
      .poll(async () => (await readSettings(db, 1)).unavailable?.code, { timeout: 5_000 })
      .toBe('unreachable');
    expect((await readSettings(db, 1)).settings.length).toBeGreaterThan(300);
    await loop.stop();
  });
});
