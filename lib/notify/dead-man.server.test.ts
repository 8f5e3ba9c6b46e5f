import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateAlerts } from '@/lib/storage/evaluate-alerts';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type FakeSlack, startFakeSlack } from '@/scripts/servers/fake-slack';
import { beat } from './dead-man';

let server: RunningPostgres;
let db: pg.Pool;
let outside: FakeSlack;
const now = 1_800_000_000_000;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 2);
  outside = await startFakeSlack();
});
afterAll(async () => {
  await outside?.stop();
  await db?.end();
  await server?.stop();
});

test('a sign of life goes out while alerts are evaluated, and stops when they are not', async () => {
  const url = `${outside.url}/life`;
  expect(await beat(db, url, now)).toBe('not_evaluated');
  expect(outside.received).toHaveLength(0);
  await evaluateAlerts(db, { defaults: [], metrics: [], now });
  expect(await beat(db, url, now + 10_000)).toBe('told');
  expect(outside.received.map(({ body }) => JSON.parse(body))).toEqual([
    { source: 'yagura', evaluated_at: now },
  ]);
  expect(await beat(db, url, now + 30_001)).toBe('not_evaluated');
  expect(outside.received).toHaveLength(1);
  outside.script.set('/life', [{ status: 500 }]);
  expect(await beat(db, url, now + 10_000)).toBe('not_taken');
});
