/**
 * How long executions took, from events_statements_histogram_by_digest (MySQL 8.0 and later): 450 buckets a digest, counted
 * since the digest was first seen. Its QUANTILE columns cover all that time, so the buckets are subtracted instead.
 */
import { bucketOf } from '@/lib/log/durations';
import type { Session } from '../session/session';

/** Server's bucket number to executions. */
export type ServerBuckets = Map<number, number>;
/** Our bucket (lib/log/durations.ts) and the executions in it. */
export type Buckets = [bucket: number, count: number][];

/**
 * Middle of one of the server's buckets: the first ends at 10 µs, each of the others is a fiftieth of a decade long ("The
 * Statement Histogram Summary Tables"; its width is 4.7 %, ours 5 %).
 */
export function middleOf(bucket: number): number {
  const lowMs = 0.01;
  return bucket === 0 ? lowMs / 2 : lowMs * 10 ** ((bucket - 0.5) / 50);
}

/** What was counted between two readings. A count that fell means that the histogram was emptied: all of it is new. */
export function bucketsBetween(before: ServerBuckets, now: ServerBuckets): Buckets {
  const emptied = [...before].some(([bucket, count]) => (now.get(bucket) ?? 0) < count);
  const counts = new Map<number, number>();
  for (const [bucket, count] of now) {
    const grown = count - (emptied ? 0 : (before.get(bucket) ?? 0));
    const ours = bucketOf(middleOf(bucket));
    if (grown > 0) counts.set(ours, (counts.get(ours) ?? 0) + grown);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** Reads the filled buckets of digests of one schema, found by the table's own index. */
export async function readHistograms(
  session: Session,
  schema: string | null,
  digests: readonly string[],
  timeoutMs: number,
): Promise<Map<string, ServerBuckets>> {
  const { rows } = await session.query(
    `select digest, bucket_number, count_bucket from performance_schema.events_statements_histogram_by_digest
     where schema_name ${schema === null ? 'is null' : '= ?'} and digest in (?) and count_bucket > 0`,
    {
      ...{ doing: 'read histograms of statements', timeoutMs },
      params: [...(schema === null ? [] : [schema]), digests],
    },
  );
  const found = new Map<string, ServerBuckets>(digests.map((digest) => [digest, new Map()]));
  for (const [digest, bucket, count] of rows) {
    const buckets = found.get(digest ?? '');
    const at = Number(bucket);
    buckets?.set(at, (buckets.get(at) ?? 0) + Number(count));
  }
  return found;
}
