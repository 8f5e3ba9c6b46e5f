/** Each table is measured against its own trigger, as autovacuum of the version computes it. */
import { afterAll, describe, expect, test } from 'vitest';
import { type WatchedServer, watched } from '@/collectors/postgres/tables/watched-server';
import { type PostgresVersion, startPostgres } from '@/scripts/servers/embedded';
import { vacuum } from './vacuum';

const versions: PostgresVersion[] = [13, 18];

describe.each(versions)('PostgreSQL %i', (version) => {
  let server: WatchedServer;
  afterAll(async () => {
    await server?.stop();
  });

  const rowOf = async (table: string) => {
    return (await server.read(vacuum)).find(({ labels }) => labels.table === table)?.values;
  };

  /** In a session of its own: what it did is counted when it ends. */
  const run = async (...statements: string[]) => {
    const client = await server.another();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const counted = (table: string, column: string, rows: number) =>
    expect.poll(async () => (await rowOf(table))?.[column], { timeout: 10_000 }).toBe(rows);

  test('dead and inserted rows against the triggers, settings of the table respected', async () => {
    server = await watched(
      await startPostgres({
        version,
        settings: {
          autovacuum_naptime: '1d',
          autovacuum_vacuum_threshold: '50',
          autovacuum_vacuum_scale_factor: '0.2',
          autovacuum_vacuum_insert_threshold: '1000',
          autovacuum_vacuum_insert_scale_factor: '0.2',
          autovacuum_analyze_threshold: '50',
          autovacuum_analyze_scale_factor: '0.1',
        },
      }),
    );
    const { admin } = server;
    await run(
      'create table usual (id int)',
      `create table own (id int) with (autovacuum_vacuum_threshold = 10, autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_freeze_max_age = 1000000, autovacuum_enabled = off)`,
      'insert into usual select generate_series(1, 1000)',
      'insert into own select generate_series(1, 1000)',
    );
    await counted('public.usual', 'inserted_rows', 1000);
    await run('vacuum analyze usual', 'vacuum analyze own');
    await run(
      'insert into usual select generate_series(1001, 1300)',
      'delete from usual where id <= 500',
      'delete from own where id <= 40',
    );
    await counted('public.usual', 'dead_rows', 500);
    await counted('public.own', 'dead_rows', 40);

    const usual = await rowOf('public.usual');
    expect(usual).toMatchObject({
      trigger_rows: 250,
      dead_ratio: 2,
      inserted_rows: 300,
      insert_trigger_rows: 1200,
      insert_ratio: 0.25,
      changed_rows: 800,
      analyze_trigger_rows: 150,
      freeze_max_age: 200_000_000,
      autovacuum_on: 1,
      since_autovacuum_ms: null,
      since_autoanalyze_ms: null,
    });
    expect(usual?.since_vacuum_ms).toBeGreaterThan(0);
    expect(usual?.since_vacuum_ms).toBeLessThan(60_000);
    expect(await rowOf('public.own')).toMatchObject({
      trigger_rows: 10,
      dead_ratio: 4,
      insert_trigger_rows: null,
      insert_ratio: null,
      freeze_max_age: 1_000_000,
      autovacuum_on: 0,
    });
    const age = await admin.query(
      `select age(relfrozenxid) as age from pg_class where relname = 'usual'`,
    );
    expect(usual?.freeze_age).toBe(age.rows[0].age);
    expect(usual?.freeze_ratio).toBeCloseTo(age.rows[0].age / 200e6, 9);
  });

  test.runIf(version === 18)(
    'frozen pages do not count for the insert trigger, large tables have a cap',
    async () => {
      await run(
        'create table frozen (id int) with (autovacuum_vacuum_max_threshold = 60)',
        'insert into frozen select generate_series(1, 1000)',
      );
      await counted('public.frozen', 'inserted_rows', 1000);
      await run('vacuum (freeze, analyze) frozen', 'delete from frozen where id <= 30');
      await counted('public.frozen', 'dead_rows', 30);
      expect(await rowOf('public.frozen')).toMatchObject({
        trigger_rows: 60,
        dead_ratio: 0.5,
        insert_trigger_rows: 1000,
      });
    },
  );

  test('at most fifty tables, the worst first', async () => {
    await server.admin.query(
      `do $$ begin for n in 1..60 loop execute format('create table t%s (id int)', n); end loop; end $$`,
    );
    const rows = await server.read(vacuum);
    expect(rows).toHaveLength(50);
    expect(rows[0]?.labels).toEqual({ database: 'postgres', table: 'public.own' });
    const worst = rows.map(({ values }) =>
      Math.max(values.dead_ratio ?? 0, values.insert_ratio ?? 0, values.freeze_ratio ?? 0),
    );
    expect(worst).toEqual([...worst].sort((a, b) => b - a));
  });
});
