import { notFound } from '@/lib/auth/http-error';
import type { InstanceHealthBody } from '@/lib/contract';
import type { Db } from './partitions';

type MetricHealth = InstanceHealthBody['metrics'][number];

/** Per metric, how its last poll went. */
export async function readMetricHealth(
  db: Db,
  instanceIds: number[],
  metric: string | null = null,
): Promise<(MetricHealth & { instanceId: number })[]> {
  const { rows } = await db.query(
    `select instance_id, metric, last_attempt, last_success, last_duration_ms, error, missing
     from metric_health where instance_id = any($1) and ($2::text is null or metric = $2) order by metric, instance_id`,
    [instanceIds, metric],
  );
  return rows.map((row) => ({
    instanceId: row.instance_id,
    metric: row.metric,
    last_attempt: row.last_attempt?.getTime() ?? null,
    last_success: row.last_success?.getTime() ?? null,
    last_duration_ms: row.last_duration_ms,
    error: row.error,
    missing: row.missing ?? [],
  }));
}

export async function readInstanceHealth(db: Db, id: number): Promise<InstanceHealthBody> {
  const { rows } = await db.query(
    'select s.cost from instance i left join instance_status s on s.instance_id = i.id where i.id = $1',
    [id],
  );
  if (rows.length === 0) throw notFound('instance');
  const metrics = await readMetricHealth(db, [id]);
  return {
    instance: String(id),
    metrics: metrics.map(({ instanceId: _, ...metric }) => metric),
    cost: rows[0].cost,
  };
}
