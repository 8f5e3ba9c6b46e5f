import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { readWatchedInstances } from './watched-instances';

let server: RunningPostgres;
let db: Pool;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 2);
  await db.query(`insert into cluster (name) values ('shop'), ('other')`);
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

type Seen = {
  cluster?: number;
  engine?: string;
  role: string;
  state?: string;
  system?: string;
  ago?: number;
};
/** Who is told that another takes writes too. */
async function othersOf(...seen: Seen[]): Promise<boolean[]> {
  await db.query('delete from instance');
  for (const [n, one] of seen.entries()) {
    const { rows } = await db.query<{ id: number }>(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ($1, $2, $3, 'h', 5432, 'd', 'u', now()) returning id`,
      [`i${n}`, one.cluster ?? 1, one.engine ?? 'postgres'],
    );
    await db.query(
      `insert into instance_status (instance_id, state, role, system_identifier, last_attempt)
       values ($1, $2, $3, $4, now() - $5 * interval '1 s')`,
      [rows[0]?.id, one.state ?? 'up', one.role, one.system ?? 's', one.ago ?? 1],
    );
  }
  return (await readWatchedInstances(db)).map(({ otherPrimary }) => otherPrimary);
}
const primary = { role: 'primary' };
const mysql = { role: 'primary', engine: 'mysql' };

test('a beat is for the only one that takes writes', async () => {
  expect(await othersOf(primary, { role: 'replica' })).toEqual([false, true]);
  expect(await othersOf(primary, primary)).toEqual([true, true]);
  expect(await othersOf(mysql, { ...mysql, system: 'its own uuid' })).toEqual([true, true]);
  // Of another cluster, of another history, down, or not heard of for a minute.
  expect(await othersOf(primary, { ...primary, cluster: 2 })).toEqual([false, false]);
  expect(await othersOf(primary, { ...primary, system: 't' })).toEqual([false, false]);
  expect(await othersOf(primary, { ...primary, state: 'down' })).toEqual([false, true]);
  expect(await othersOf(primary, { ...primary, ago: 120 })).toEqual([false, true]);
});
