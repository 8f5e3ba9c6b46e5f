import type { Db } from './partitions';

export type Latest = {
  instanceId: number;
  metric: string;
  column: string;
  kind: 'gauge' | 'counter' | 'flag';
  labels: Record<string, string>;
  /** Epoch ms of the reading. */
  at: number;
  everyMs: number;
  /** As read; null when this reading did not have it. */
  value: number | null;
  /** Per second, counters only. */
  rate: number | null;
};

/** The newest reading of each metric, no older than `withinMs` (15 minutes): what is older is not the present. */
export async function readLatest(
  db: Db,
  query: { instanceIds?: number[]; metrics?: string[]; withinMs?: number } = {},
): Promise<Latest[]> {
  const { rows } = await db.query<Omit<Latest, 'at'> & { at: Date }>(
    `select s.instance_id as "instanceId", s.metric, s.column_name as "column", s.kind, s.labels,
            h.at, l.every_ms as "everyMs",
            max(h.vals[p.position]) filter (where s.form = 'value') as value,
            max(h.vals[p.position]) filter (where s.form = 'rate') as rate
     from layout l
     cross join lateral (
       select at, vals from hot_sample
       where layout_id = l.id and at > now() - $3 * interval '1 ms' order by at desc limit 1) h
     join slot p on p.layout_id = l.id
     join series s on s.id = p.series_id
     where l.retired_at is null and ($1::int[] is null or l.instance_id = any($1))
       and ($2::text[] is null or l.metric = any($2))
       and h.vals[p.position] is not null
     group by s.instance_id, s.metric, s.column_name, s.kind, s.labels, h.at, l.every_ms
     order by 1, 2, 3, s.labels`,
    [query.instanceIds ?? null, query.metrics ?? null, query.withinMs ?? 15 * 60_000],
  );
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}
