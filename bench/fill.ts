/** Made data for the benchmarks, the same in each run. */
import type { Pool } from 'pg';
import type { LeaseFence, ReadingBatch } from '@/lib/storage/append-readings';

export const everyMs = 10_000;
export const linesPerInstance = 200;

/** Instances with a lease each. */
export async function addInstances(db: Pool, count: number): Promise<LeaseFence[]> {
  await db.query(`insert into cluster (name) values ('bench')`);
  const { rows } = await db.query<{ id: number }>(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
     select 'i' || n, 1, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, $1) n returning id`,
    [count],
  );
  await db.query(
    `insert into lease (instance_id, owner, fence, expires_at)
     select id, 'bench', 1, now() + interval '1 day' from instance`,
  );
  return rows.map((row) => ({ instanceId: row.id, fence: 1n }));
}

/** A small generator with a seed (mulberry32), so that two layouts store the same numbers. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Steps a server's lines by one poll: a third hardly changes, a third are whole numbers that wander,
 * a third are measurements with two decimals. What real gauges and rates look like.
 */
export function nextValues(values: number[], random: () => number): number[] {
  return values.map((value, i) => {
    if (i % 3 === 0) return random() < 0.005 ? Math.floor(random() * 1000) : value;
    if (i % 3 === 1)
      return random() < 0.5 ? Math.max(0, value + Math.floor(random() * 7) - 3) : value;
    return Math.round((50 + 40 * Math.sin(i) + random() * 5) * 100) / 100;
  });
}

export function readingOf(lease: LeaseFence, at: number, values: number[]): ReadingBatch {
  return {
    lease,
    readings: [
      {
        metric: 'bench.lines',
        at,
        everyMs,
        columns: [{ name: 'v', kind: 'gauge' }],
        rows: values.map((value, i) => ({ labels: { n: `${i}` }, values: [value], rates: [null] })),
      },
    ],
  };
}
