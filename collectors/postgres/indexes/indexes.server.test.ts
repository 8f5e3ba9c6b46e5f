/** Unused means never scanned and enforcing nothing; the last scan is known from 16 on. */
import { afterAll, describe, expect, test } from 'vitest';
import { type WatchedServer, watched } from '@/collectors/postgres/tables/watched-server';
import { type PostgresVersion, startPostgres } from '@/scripts/servers/embedded';
import { indexes } from './indexes';

const versions: PostgresVersion[] = [13, 18];

describe.each(versions)('PostgreSQL %i', (version) => {
  let server: WatchedServer;
  afterAll(async () => {
    await server?.stop();
  });
  const read = async () =>
    Object.fromEntries(
      (await server.read(indexes)).map(({ labels, values }) => [labels.index, values]),
    );

  test('scans, size and flags', async () => {
    server = await watched(await startPostgres({ version, settings: { autovacuum: 'off' } }));
    const { admin } = server;
    await admin.query(`create table orders (id int primary key, code int, note int);
      insert into orders select n, n, 1 from generate_series(1, 5000) n;
      create index used on orders (code); create index idle on orders (note); create unique index once on orders (note, id)`);
    await admin
      .query('create unique index concurrently failed on orders (note)')
      .catch(() => undefined);
    const client = await server.another();
    await client.query('set enable_seqscan = off; set enable_bitmapscan = off');
    for (let i = 0; i < 3; i++) await client.query('select note from orders where code = $1', [i]);
    await client.end();
    await expect
      .poll(async () => (await read())['public.used']?.scans, { timeout: 10_000 })
      .toBe(3);
    const seen = await read();
    const size = await admin.query(`select pg_relation_size('used')::int as bytes`);
    expect(seen['public.used']).toMatchObject({
      bytes: size.rows[0].bytes,
      valid: 1,
      is_unique: 0,
      is_primary: 0,
      unused: 0,
    });
    if (version >= 16) {
      expect(seen['public.used']?.unused_ms).toBeGreaterThan(0);
      expect(seen['public.used']?.unused_ms).toBeLessThan(60_000);
    } else expect(seen['public.used']?.unused_ms).toBeNull();
    expect(seen['public.idle']).toMatchObject({ scans: 0, unused: 1, unused_ms: null, valid: 1 });
    expect(seen['public.once']).toMatchObject({ is_unique: 1, unused: 0 });
    expect(seen['public.orders_pkey']).toMatchObject({ is_unique: 1, is_primary: 1, unused: 0 });
    expect(seen['public.failed']).toMatchObject({ valid: 0 });
  });

  test('at most a hundred of very many', async () => {
    await server.admin.query(`do $$ begin for n in 1..200 loop
      execute format('create table t%s (id int, constraint p%s primary key (id)); create index i%s on t%s (id)', n, n, n, n);
    end loop; end $$`);
    const rows = await server.read(indexes);
    expect(rows.length).toBeLessThanOrEqual(100);
    expect(rows.filter(({ values }) => values.unused === 1)).toHaveLength(50);
  });
});
