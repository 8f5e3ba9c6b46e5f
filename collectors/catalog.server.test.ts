/** The contract of every definition: each supported version answers its query with its columns, for a login that has pg_monitor only. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryFor } from '@/lib/metric/define-metric';
import { typedRows } from '@/lib/metric/row';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import {
  type PostgresVersion,
  type RunningPostgres,
  startPostgres,
} from '@/scripts/servers/embedded';
import { postgres } from './postgres/engine';
import type { EngineSession, ServerIdentity } from './run/engine';

const { metrics } = postgres;

const why = await whyNoDebian();
type Start = (options: {
  settings: Record<string, string>;
  standbyOf?: RunningPostgres;
}) => Promise<RunningPostgres>;
const embedded = (version: PostgresVersion, withStandby: boolean) => ({
  ...{ name: `PostgreSQL ${version}`, version, withStandby, skip: false },
  start: ((options) => startPostgres({ version, ...options })) as Start,
});
/** Those people run most as they get them, Debian's and the product's own, with a standby. */
const servers = [
  ...([13, 14, 15, 16, 17] as const).map((version) => embedded(version, false)),
  embedded(18, true),
  {
    ...{ name: `Debian's 15 ${why ?? ''}`, version: 15, withStandby: true, skip: why !== null },
    start: startDebianPostgres as Start,
  },
];
const settings = {
  shared_preload_libraries: 'pg_stat_statements',
  track_io_timing: 'on',
  wal_level: 'replica',
  max_connections: '30',
};
const rolePassword = 'of the watching role';

async function prepare(server: RunningPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  // Not in public: the extension is found where it is.
  await client.query(`create schema tools; create extension pg_stat_statements schema tools;
    create role "watching role" login inherit password '${rolePassword}' connection limit 3; grant pg_monitor to "watching role";
    create role powerless login password '${rolePassword}';
    select pg_create_physical_replication_slot('kept', true)`);
  await client.end();
}

const connect = (server: RunningPostgres, user: string): Promise<EngineSession> =>
  postgres.watch([]).connect(
    {
      host: '127.0.0.1',
      port: server.port,
      database: 'postgres',
      user,
      password: rolePassword,
      tls: 'off',
    },
    'yagura/contract',
  );

/** What each definition gave, or the error it gave. */
async function readAll(
  session: EngineSession,
  identity: ServerIdentity,
): Promise<Map<string, string | number>> {
  const given = new Map<string, string | number>();
  for (const metric of metrics) {
    const derived = ['statements', 'log', 'heartbeat', 'watching', 'verdict'];
    if (derived.includes(metric.origin)) continue;
    if (metric.on !== 'any' && metric.on !== identity.role) continue;
    if (queryFor(metric, identity.majorVersion) === null) continue;
    try {
      const rows =
        metric.origin === 'sampled'
          ? (await session.sampleLoad(metric, identity, 3_000)).sessions
          : typedRows(metric, await session.read(metric, identity, 3_000));
      given.set(metric.id, rows.length);
    } catch (error) {
      given.set(metric.id, (error as Error).message);
    }
  }
  return given;
}
const errors = (given: Map<string, string | number>) =>
  [...given].filter(([, value]) => typeof value === 'string');

describe.each(servers)('$name', ({ version, start, withStandby, skip }) => {
  let server: RunningPostgres;
  let standby: RunningPostgres | null = null;
  beforeAll(async () => {
    if (skip) return;
    server = await start({ settings });
    await prepare(server);
    if (withStandby) standby = await start({ settings, standbyOf: server });
  }, 120_000);
  afterAll(async () => {
    await standby?.stop();
    await server?.stop();
  });

  test.skipIf(skip)('answers every definition for a login with pg_monitor', async () => {
    const session = await connect(server, 'watching role');
    const identity = await session.identify();
    expect(identity).toMatchObject({
      majorVersion: version,
      role: 'primary',
      timeline: 1,
      ownConnections: 1,
    });
    expect(identity.systemIdentifier).toMatch(/^\d{15,}$/);
    const given = await readAll(session, identity);
    expect(errors(given)).toEqual([]);
    for (const id of [
      'postgres.databases',
      'postgres.connections',
      'postgres.wal',
      'postgres.wal-size',
      'postgres.activity',
    ])
      expect(given.get(id), id).toBeGreaterThan(0);
    expect(given.get('postgres.replication-slots')).toBe(1);
    // Reading the log is a right of its own, which pg_monitor does not give; the table of beats the owner makes.
    const needs = await session.checkNeeds(
      metrics
        .flatMap((metric) => metric.needs)
        .filter((need) => !('log' in need || 'heartbeat' in need)),
    );
    expect(needs.filter(({ ok }) => ok !== true)).toEqual([]);
    await session.close();
  });

  test.skipIf(skip)(
    'counts statements exactly, also those of an extension in another schema',
    async () => {
      const session = await connect(server, 'watching role');
      const identity = await session.identify();
      await expect(session.statements?.read(identity, 3_000)).rejects.toMatchObject({
        code: 'permission_denied',
        fix: 'GRANT USAGE ON SCHEMA "tools" TO "watching role";',
      });
      const client = new pg.Client({ connectionString: server.url() });
      await client.connect();
      await client.query('grant usage on schema tools to "watching role"');
      expect(await session.statements?.read(identity, 3_000)).toBeNull();
      for (let i = 0; i < 7; i++)
        await client.query('select count(*) from pg_class where relpages > $1', [i]);
      await client.end();
      const poll = await session.statements?.read(await session.identify(), 3_000);
      const mine = poll?.unseen.find(({ statement }) =>
        /from pg_class where relpages/i.test(statement.text),
      );
      expect(mine).toMatchObject({
        userName: 'postgres',
        databaseName: 'postgres',
        toplevel: true,
      });
      expect(poll?.growth.find(({ key }) => key === mine?.key)?.growth).toMatchObject({
        calls: 7,
        rows: 7,
      });
      expect(poll?.partial).toBeNull();
      expect(poll?.ownShare).toBeGreaterThan(0);
      await session.close();
    },
  );

  test.skipIf(skip)('says what a powerless login lacks instead of showing zeros', async () => {
    const session = await connect(server, 'powerless');
    const needs = await session.checkNeeds([
      { role: 'pg_read_all_stats' },
      { extension: 'pg_stat_statements' },
    ]);
    expect(needs).toMatchObject([
      { ok: false, fixSql: 'GRANT pg_monitor TO "powerless";' },
      { ok: true },
    ]);
    await session.close();
  });

  test.runIf(withStandby && !skip)(
    'answers on a standby, and both sides see each other',
    async () => {
      if (standby === null) throw new Error('no standby');
      const replica = await connect(standby, 'watching role');
      const identity = await replica.identify();
      expect(identity).toMatchObject({ role: 'replica', timeline: 1 });
      const given = await readAll(replica, identity);
      expect(errors(given)).toEqual([]);
      expect(given.get('postgres.replica')).toBe(1);
      const metric = metrics.find(({ id }) => id === 'postgres.replica');
      if (metric === undefined) throw new Error('no definition');
      const [row] = typedRows(metric, await replica.read(metric, identity, 3_000));
      expect(row?.labels).toMatchObject({ application_name: 'standby', sender_host: '127.0.0.1' });
      await replica.close();
      const primary = await connect(server, 'watching role');
      expect((await readAll(primary, await primary.identify())).get('postgres.replication')).toBe(
        1,
      );
      await primary.close();
    },
  );
});
