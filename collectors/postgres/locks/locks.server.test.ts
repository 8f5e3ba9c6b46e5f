/** A schema change in the queue and those behind it are counted by mode, with their waits. */
import { afterAll, describe, expect, test } from 'vitest';
import { type WatchedServer, watched } from '@/collectors/postgres/tables/watched-server';
import { type PostgresVersion, startPostgres } from '@/scripts/servers/embedded';
import { locks } from './locks';

const versions: PostgresVersion[] = [13, 18];

describe.each(versions)('PostgreSQL %i', (version) => {
  let server: WatchedServer;
  afterAll(async () => {
    await server?.stop();
  });

  test('granted, waiting and for how long', async () => {
    server = await watched(await startPostgres({ version, settings: { autovacuum: 'off' } }));
    const byMode = async () =>
      Object.fromEntries(
        (await server.read(locks)).map(({ labels, values }) => [labels.mode, values]),
      );
    expect(await byMode()).toMatchObject({
      AccessShareLock: { granted: 0, waiting: 0, longest_wait_ms: 0 },
      AccessExclusiveLock: { granted: 0, waiting: 0, longest_wait_ms: 0 },
    });
    await server.admin.query('create table orders (id int)');
    const holder = await server.another();
    await holder.query('begin; insert into orders values (1)');
    const change = await server.another();
    const changed = change.query('alter table orders add note text');
    await expect
      .poll(async () => (await byMode()).AccessExclusiveLock?.waiting, { timeout: 5_000 })
      .toBe(1);
    const readers = [await server.another(), await server.another()];
    const read = readers.map((client) => client.query('select from orders'));
    await expect
      .poll(async () => (await byMode()).AccessShareLock?.waiting, { timeout: 5_000 })
      .toBe(2);
    const seen = await byMode();
    expect(seen.RowExclusiveLock).toEqual({ granted: 1, waiting: 0, longest_wait_ms: 0 });
    expect(seen.AccessExclusiveLock).toMatchObject({ granted: 0, waiting: 1 });
    expect(seen.AccessExclusiveLock?.longest_wait_ms).toBeGreaterThan(
      seen.AccessShareLock?.longest_wait_ms ?? Number.NaN,
    );
    expect(seen.AccessShareLock?.longest_wait_ms).toBeGreaterThan(0);
    expect(seen.AccessExclusiveLock?.longest_wait_ms).toBeLessThan(30_000);
    await holder.query('commit');
    await Promise.all([changed, ...read]);
    expect((await byMode()).AccessExclusiveLock).toMatchObject({ waiting: 0, longest_wait_ms: 0 });
  });
});
