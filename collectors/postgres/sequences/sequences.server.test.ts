/** The share used is exact, by the nearest end; what may not be read is unknown, not empty. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WatchedServer, watched } from '@/collectors/postgres/tables/watched-server';
import { startPostgres } from '@/scripts/servers/embedded';
import { sequences } from './sequences';

let server: WatchedServer;
beforeAll(async () => {
  server = await watched(await startPostgres());
});
afterAll(async () => {
  await server?.stop();
});

const read = async () =>
  Object.fromEntries(
    (await server.read(sequences)).map(({ labels, values }) => [labels.sequence, values]),
  );

test('by the end of the sequence or of the column that owns it, up and down', async () => {
  const { admin } = server;
  await admin.query(`create table ids (small smallserial, usual serial, wide bigint generated always as identity);
    create table late (id int); create sequence wide_seq owned by late.id;
    create sequence down increment -1 minvalue -100 maxvalue -1;
    create sequence tens increment 10 minvalue 1 maxvalue 100;
    create sequence round maxvalue 10 cycle;
    create sequence unused maxvalue 10;
    create sequence secret maxvalue 10`);
  await admin.query(`select setval('ids_small_seq', 16384), setval('ids_usual_seq', 2147483647), setval('wide_seq', 1073741824),
    setval('down', -25), setval('tens', 51), setval('round', 9), setval('secret', 9), setval('ids_wide_seq', 1)`);
  await admin.query('grant select on all sequences in schema public to watcher');
  await admin.query('revoke select on secret from watcher');
  const seen = await read();
  expect(Object.keys(seen).sort()).toEqual([
    'public.down',
    'public.ids_small_seq',
    'public.ids_usual_seq',
    'public.ids_wide_seq',
    'public.secret',
    'public.tens',
    'public.unused',
    'public.wide_seq',
  ]);
  expect(seen['public.ids_small_seq']).toEqual({
    used_ratio: 16384 / 32767,
    numbers_left: 16383,
    readable: 1,
  });
  expect(seen['public.ids_usual_seq']).toMatchObject({ used_ratio: 1, numbers_left: 0 });
  expect(seen['public.wide_seq']).toMatchObject({
    used_ratio: 1073741824 / 2147483647,
    numbers_left: 1073741823,
  });
  expect(seen['public.ids_wide_seq']?.used_ratio).toBeCloseTo(1 / 2 ** 63, 30);
  expect(seen['public.down']).toMatchObject({ used_ratio: 0.25, numbers_left: 75 });
  expect(seen['public.tens']).toMatchObject({ used_ratio: 0.51, numbers_left: 4 });
  expect(seen['public.unused']).toEqual({ used_ratio: 0, numbers_left: 10, readable: 1 });
  expect(seen['public.secret']).toEqual({ used_ratio: null, numbers_left: null, readable: 0 });
});

test('one that is being altered is unknown and keeps nobody waiting', async () => {
  await server.admin.query('begin; alter sequence tens maxvalue 200');
  const seen = await read();
  expect(seen['public.tens']).toMatchObject({ used_ratio: null, readable: 1 });
  expect(seen['public.down']?.used_ratio).toBe(0.25);
  await server.admin.query('rollback');
});

test('at most twenty, those nearest to their end', async () => {
  await server.admin.query(
    `do $$ begin for n in 1..40 loop execute format('create sequence s%s', n); end loop; end $$`,
  );
  const rows = await server.read(sequences);
  expect(rows).toHaveLength(20);
  expect(rows[0]?.labels).toEqual({ database: 'postgres', sequence: 'public.ids_usual_seq' });
});
