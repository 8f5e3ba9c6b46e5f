import type { Pool } from 'pg';
import { type Consistency, defaultMaxAgeMs, type ReadPathBody } from '@/lib/contract';
import { judgeCluster, type Known } from '@/lib/replication/judge-reads';
import { whoServes } from '@/lib/replication/who-serves';
import { readStaleness } from './read-staleness';

type Row = {
  id: number;
  service: string;
  name: string;
  consistency: Consistency;
  max_lag_ms: number | null;
  updated_at: Date;
  updated_by: string;
};

/** The register of a cluster, with who satisfies each need now. */
export async function readReadPaths(db: Pool, known: Known, id?: number): Promise<ReadPathBody[]> {
  const { rows } = await db.query<Row>(
    `select id, service, name, consistency, max_lag_ms, updated_at, updated_by from read_path
     where cluster_id = $1 and ($2::int is null or id = $2) order by service, name limit 1000`,
    [Number(known.cluster), id ?? null],
  );
  if (rows.length === 0) return [];
  const replicas = known.replication.replicas.map((one) => Number(one.instance));
  const staleness = new Map(
    [...(await readStaleness(db, replicas))].map(([one, { p99_ms }]) => [String(one), p99_ms]),
  );
  const now = Date.now();
  return rows.map((row) => {
    const wish = { maxLagMs: row.max_lag_ms ?? 0, maxAgeMs: defaultMaxAgeMs };
    const need = { consistency: row.consistency, maxLagMs: row.max_lag_ms };
    return {
      ...row,
      id: String(row.id),
      ...whoServes(need, judgeCluster(known, wish, now), staleness),
      updated_at: row.updated_at.getTime(),
    };
  });
}
