import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stalenessColumns } from '@/lib/replication/heartbeat';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings } from './append-readings';
import { migrate } from './migrate';
import { openPool } from './pool';
import { readStaleness } from './read-staleness';

let server: RunningPostgres;
let db: Pool;
const everyMs = 10_000;
const now = Math.floor(Date.now() / everyMs) * everyMs;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 2);
  await db.query(`insert into cluster (name) values ('one')`);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
     select 'i' || n, 1, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, 3) n`,
  );
  await db.query(
    `insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 day' from instance`,
  );
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

async function append(instanceId: number, agoMs: number, values: Record<string, number | null>) {
  const columns = [...stalenessColumns, 'lag_max_ms', 'beats'];
  const at = now - agoMs;
  await appendReadings(db, [
    {
      lease: { instanceId, fence: 1n },
      readings: [
        {
          ...{ metric: 'postgres.heartbeat', at, everyMs },
          columns: columns.map((name) => ({ name, kind: 'gauge' as const })),
          rows: [
            {
              labels: {},
              values: columns.map((name) => values[name] ?? null),
              rates: columns.map(() => null),
            },
          ],
        },
      ],
    },
  ]);
}
const classes = (given: Record<string, number>) => ({
  ...Object.fromEntries(stalenessColumns.map((name) => [name, 0])),
  ...given,
});

test('an hour of looks gives percentiles; older ones, primaries and unwatched ones give none', async () => {
  for (let n = 1; n <= 30; n++)
    await append(2, n * everyMs, { ...classes({ within_250_ms: 10 }), lag_max_ms: 120 });
  await append(2, 310_000, { ...classes({ within_2_s: 8, within_5_s: 2 }), lag_max_ms: 3100 });
  await append(2, 2 * 3_600_000, { ...classes({ later: 1000 }), lag_max_ms: 900_000 });
  await append(1, everyMs, { beats: 10 });
  const found = await readStaleness(db, [1, 2, 3], now + 1);
  expect([...found]).toEqual([
    [2, { p50_ms: 250, p95_ms: 250, p99_ms: 2000, longest_ms: 3100, samples: 310 }],
  ]);
});
