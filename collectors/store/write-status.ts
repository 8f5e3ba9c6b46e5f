/** What was last seen of an instance and of each of its metrics. Only the holder of the lease writes it. */
import type { Pool } from 'pg';
import type { MetricHealth, Poll } from '@/collectors/run/poll';
import type { LeaseFence } from '@/lib/storage/append-readings';

/** @returns false when another collector holds the lease now */
export async function writeStatus(
  db: Pool,
  lease: LeaseFence,
  poll: Poll,
  at: Date,
): Promise<boolean> {
  const { server } = poll;
  const held = `exists (select from lease where instance_id = $1 and fence = $2)`;
  const { rowCount } = await db.query(
    `insert into instance_status as s (instance_id, state, reason, last_attempt, last_seen, version, version_number, role,
      system_identifier, timeline, started_at, clock_skew_ms, cost)
    select $1, $3, $4, $5, case when $3 = 'up' then $5::timestamptz end, $6, $7, coalesce($8, 'unknown'), $9, $10,
      to_timestamp($11::float8), $12, $13
    where ${held}
    on conflict (instance_id) do update set
      state = excluded.state, reason = excluded.reason, last_attempt = excluded.last_attempt,
      last_seen = coalesce(excluded.last_seen, s.last_seen),
      version = coalesce(excluded.version, s.version), version_number = coalesce(excluded.version_number, s.version_number),
      role = case when $8::text is null then s.role else excluded.role end,
      system_identifier = coalesce(excluded.system_identifier, s.system_identifier),
      timeline = coalesce(excluded.timeline, s.timeline), started_at = coalesce(excluded.started_at, s.started_at),
      clock_skew_ms = excluded.clock_skew_ms, cost = coalesce(excluded.cost, s.cost)`,
    [
      lease.instanceId,
      lease.fence.toString(),
      poll.state,
      poll.reason === null ? null : JSON.stringify(poll.reason),
      at,
      server?.version ?? null,
      server?.versionNumber ?? null,
      server?.role ?? null,
      server?.systemIdentifier ?? null,
      server?.timeline ?? null,
      server?.startedAt ?? null,
      poll.clockSkewMs,
      server === null
        ? null
        : JSON.stringify({
            connections: poll.cost.connections,
            busy_ratio: poll.cost.busyRatio,
            query_share: poll.cost.queryShare,
          }),
    ],
  );
  if (rowCount === 0) return false;
  await writeHealth(db, lease, poll.health);
  return true;
}

/** How reading each metric went, at the last try. */
export async function writeHealth(
  db: Pool,
  lease: LeaseFence,
  health: readonly MetricHealth[],
): Promise<void> {
  if (health.length === 0) return;
  await db.query(
    `insert into metric_health as h (instance_id, metric, last_attempt, last_success, last_duration_ms, error, missing)
      select $1, m.metric, m.at, case when m.ok then m.at end, m.duration_ms, m.error, m.missing
      from jsonb_to_recordset($3::jsonb) as m(metric text, at timestamptz, ok bool, duration_ms float8, error jsonb, missing jsonb)
      where exists (select from lease where instance_id = $1 and fence = $2)
      on conflict (instance_id, metric) do update set
        last_attempt = excluded.last_attempt, last_success = coalesce(excluded.last_success, h.last_success),
        last_duration_ms = excluded.last_duration_ms, error = excluded.error, missing = excluded.missing`,
    [
      lease.instanceId,
      lease.fence.toString(),
      JSON.stringify(
        health.map(({ metric, at: when, ok, durationMs, error, missing }) => ({
          metric,
          at: new Date(when).toISOString(),
          ok,
          duration_ms: durationMs,
          error: error === null ? null : error.toJSON(),
          missing: missing.map(({ text, fixSql }) => ({ need: text, fix_sql: fixSql })),
        })),
      ),
    ],
  );
}
