/** Connections over the network are counted by whether they are encrypted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WatchedServer, watched } from '@/collectors/postgres/tables/watched-server';
import { startPostgres } from '@/scripts/servers/embedded';
import { encryption } from './encryption';

let server: WatchedServer;

beforeAll(async () => {
  server = await watched(await startPostgres());
});
afterAll(async () => {
  await server?.stop();
});

test('without TLS all over the network are plain; the share is 0, not unknown', async () => {
  const [row] = await server.read(encryption);
  expect(row?.values).toMatchObject({ encrypted: 0, local: 0, share: 0 });
  const plain = row?.values.plain ?? 0;
  await server.another();
  expect((await server.read(encryption))[0]?.values.plain).toBe(plain + 1);
});
