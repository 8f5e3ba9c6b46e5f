import type { Pool } from 'pg';
import type { ReplicaBody } from '@/lib/contract';
import { stalenessAt, stalenessColumns } from '@/lib/replication/heartbeat';
import { readSums } from './read-series';

const hourMs = 3_600_000;

/** How late a fresh write could be read on each, in the last hour; those without a heartbeat are not in it. */
export async function readStaleness(
  db: Pool,
  instanceIds: number[],
  now = Date.now(),
): Promise<Map<number, NonNullable<ReplicaBody['staleness']>>> {
  if (instanceIds.length === 0) return new Map();
  const sums = await readSums(db, {
    ...{ instanceIds, metrics: ['postgres.heartbeat', 'mysql.heartbeat'] },
    ...{ from: now - hourMs, to: now },
  });
  return new Map(
    [...sums].flatMap(([id, columns]) => {
      const classes = stalenessColumns.map((name) => columns.get(name)?.sum ?? 0);
      const longest = columns.get('lag_max_ms')?.most ?? 0;
      const at = (share: number) => stalenessAt(classes, longest, share);
      const [p50, p95, p99] = [at(0.5), at(0.95), at(0.99)];
      if (p50 === null || p95 === null || p99 === null) return [];
      const samples = classes.reduce((sum, one) => sum + one, 0);
      const staleness = { p50_ms: p50, p95_ms: p95, p99_ms: p99, longest_ms: longest, samples };
      return [[id, staleness] as const];
    }),
  );
}
