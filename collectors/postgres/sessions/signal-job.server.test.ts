import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { signalJob } from './signal-job';

let store: RunningPostgres;
let db: Pool;
beforeAll(async () => {
  store = await startPostgres();
  await migrate(store.url());
  db = openPool(store.url(), 2);
  await db.query(
    `insert into cluster (name) values ('c');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('m', 1, 'mariadb', '127.0.0.1', 1, '', 'u', now())`,
  );
});
afterAll(async () => {
  await db?.end();
  await store?.stop();
});

test.each([
  [1, 'other_engine'],
  [2, 'gone'],
])('instance %i is not connected to: %s', async (instance_id, code) => {
  const end = signalJob({ db, rootKey: '', applicationName: 'test' });
  const payload = { instance_id, verb: 'terminate', pid: 1, started: '2026-11-23T00:00:00Z' };
  expect(await end({ id: 'job', sealed: null, payload })).toMatchObject({
    ...{ status: 'refused', code },
  });
});
