import type { EventBody } from '@/lib/contract';
import type { Db } from './partitions';

/** Marks of a time range, of one cluster or instance, or all; the newest 500. */
export async function readEvents(
  db: Db,
  query: {
    from: number;
    to: number;
    cluster?: string | undefined;
    instance?: string | undefined;
    id?: string;
  },
): Promise<EventBody[]> {
  const { rows } = await db.query(
    `select id, at, kind, cluster_id, instance_id, text, details from event
     where at >= $1 and at <= $2 and ($5::bigint is null or id = $5)
       and ($3::int is null or cluster_id is null or cluster_id = $3)
       and ($4::int is null or instance_id is null or instance_id = $4)
     order by at desc, id desc limit 500`,
    [
      new Date(query.from),
      new Date(query.to),
      query.cluster ?? null,
      query.instance ?? null,
      query.id ?? null,
    ],
  );
  const id = (value: number | null) => (value === null ? null : String(value));
  return rows.map((row) => ({
    id: String(row.id),
    at: row.at.getTime(),
    kind: row.kind,
    cluster: id(row.cluster_id),
    instance: id(row.instance_id),
    text: row.text,
    details: row.details,
  }));
}
