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
  [1, 'postgres', 'engine'],
  [1, 'mariadb', 'of mariadb'],
  [2, 'mariadb', 'gone'],
])('instance %i, with a way to end sessions of %s: %s', async (instance_id, engine, code) => {
  const end = signalJob({
    ...{ db, rootKey: '', applicationName: 'test' },
    signals: {
      [engine]: async (target) => ({
        ...{ status: 'refused', reason: target.user, fix: null },
        code: `of ${engine}`,
      }),
    },
  });
  const payload = { instance_id, verb: 'terminate', pid: 1, started: '2026-11-23T00:00:00Z' };
  expect(await end({ id: 'job', sealed: null, payload })).toMatchObject({
    ...{ status: 'refused', code },
  });
});
