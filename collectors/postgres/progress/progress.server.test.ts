/** Operations under way are seen with what is known of their share, on versions before and after the columns were renamed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type WatchedServer, watched } from '@/collectors/postgres/tables/watched-server';
import { type PostgresVersion, startPostgres } from '@/scripts/servers/embedded';
import { progress } from './progress';

const versions: PostgresVersion[] = [13, 14, 17, 18];

describe.each(versions)('PostgreSQL %i', (version) => {
  let server: WatchedServer;
  beforeAll(async () => {
    server = await watched(
      await startPostgres({ version, settings: { autovacuum: 'off', jit: 'off' } }),
    );
    await server.admin.query(
      `create table big (id int) with (fillfactor = 10); insert into big select generate_series(1, 20000); delete from big where id % 2 = 0;
       create function slow(int) returns int language plpgsql immutable as 'begin perform pg_sleep(0.001); return $1; end'`,
    );
  });
  afterAll(async () => {
    await server?.stop();
  });

  test('nothing runs: no rows', async () => {
    expect(await server.read(progress)).toEqual([]);
  });

  const whileRunning = async (statement: string, check: () => Promise<void>) => {
    const client = await server.another();
    await client.query('set vacuum_cost_delay = 20; set vacuum_cost_limit = 10');
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const ended = client.query(statement).then(
      () => 'ended',
      () => 'cancelled',
    );
    await check();
    await server.admin.query('select pg_cancel_backend($1)', [rows[0].pid]);
    expect(await ended).toBe('cancelled');
    await client.end();
  };
  /** The rows once there is one of the phase with a share. */
  const seen = async (phase: string) => {
    const of = async () =>
      (await server.read(progress)).filter((row) => row.labels.phase === phase);
    await expect.poll(async () => (await of()).length, { timeout: 10_000, interval: 50 }).toBe(1);
    return (await of())[0];
  };

  test('a vacuum, by blocks', async () => {
    await whileRunning('vacuum big', async () => {
      const first = await seen('scanning heap');
      expect(first?.labels).toEqual({
        operation: 'vacuum',
        database: 'postgres',
        table: 'public.big',
        phase: 'scanning heap',
        nth: '1',
      });
      expect(first?.values.done).toBeGreaterThanOrEqual(0);
      expect(first?.values.done).toBeLessThan(1);
      expect(first?.values.running_ms).toBeGreaterThan(0);
      const { done_amount, total_amount, done } = first?.values ?? {};
      expect((done_amount ?? -1) / (total_amount ?? 1)).toBe(done);
      const size = await server.admin.query('select pg_relation_size($$big$$) / 8192 as pages');
      expect(total_amount).toBe(Number(size.rows[0].pages));
      const { rows } = await server.admin.query(
        'select heap_blks_scanned::float8 / heap_blks_total as done from pg_stat_progress_vacuum',
      );
      expect(rows[0].done).toBeGreaterThanOrEqual(first?.values.done ?? 2);
    });
  });

  test('an index build, by blocks; a COPY of unknown length, unknown', async () => {
    await whileRunning('create index on big (slow(id))', async () => {
      const row = await seen('building index: scanning table');
      expect(row?.labels).toMatchObject({ operation: 'create-index', table: 'public.big' });
      // During its first block the server itself says that all are done.
      const done = async () => (await seen('building index: scanning table'))?.values.done ?? 1;
      await expect.poll(done, { timeout: 10_000, interval: 50 }).toBeLessThan(0.5);
      expect(await done()).toBeGreaterThan(0);
    });
    if (version >= 14)
      await whileRunning(`copy (select slow(id) from big) to '/dev/null'`, async () => {
        const row = await seen('copy to');
        expect(row?.labels).toMatchObject({ operation: 'copy', table: '' });
        expect(row?.values).toMatchObject({ done: null, total_amount: null });
      });
  });
});
