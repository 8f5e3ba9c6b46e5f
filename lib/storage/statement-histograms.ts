/** How long executions took, where the server itself counts it in buckets: kept per reading, five minutes and hour. */
import type { Pool, PoolClient } from 'pg';
import { boundOf, type Histogram, middleOf } from '@/lib/log/durations';
import { inTransaction, markCompacted } from './compact';
import { type Db, ensurePartitions, hourMs } from './partitions';

/** Buckets are those of lib/log/durations.ts. */
export type CountedHistogram = { keyId: number; buckets: [bucket: number, count: number][] };

const columns = 'instance_id, to_at, key_ids, buckets, counts';

/** Call it in the transaction that appends the reading of the statements, once per reading. */
export async function insertHistograms(
  db: Pool,
  client: Db,
  instanceId: number,
  toAt: number,
  histograms: readonly CountedHistogram[],
): Promise<void> {
  const cells = histograms.flatMap(({ keyId, buckets }) =>
    buckets.map(([bucket, count]) => ({ keyId, bucket, count })),
  );
  if (cells.length === 0) return;
  await ensurePartitions(db, client, 'statement_histogram', [toAt]);
  await client.query(
    `insert into statement_histogram (${columns}) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [
      ...[instanceId, new Date(toAt)],
      cells.map(({ keyId }) => keyId),
      cells.map(({ bucket }) => bucket),
      cells.map(({ count }) => count),
    ],
  );
  // Of an hour that was summed before it came, as after an outage of the store.
  await client.query(
    `insert into statement_histogram_hour (${columns}) select ${columns} from statement_histogram r
     where instance_id = $1 and to_at = $2
       and exists (select from compacted where tier = 'histogram_hour'
         and at = date_bin('1 hour', r.to_at - interval '1 microsecond', 'epoch'))
     on conflict do nothing`,
    [instanceId, new Date(toAt)],
  );
}

/** The rows of an hour ($1 to $2), as one for each stretch of this length. */
const merged = (length: string) => `
  select instance_id, max(to_at) as to_at, array_agg(key_id) as key_ids, array_agg(bucket) as buckets, array_agg(n) as counts
  from (select instance_id, stretch, max(to_at) as to_at, key_id, bucket, sum(n) as n
    from (select instance_id, to_at, date_bin('${length}', to_at - interval '1 microsecond', 'epoch') as stretch,
            unnest(key_ids) as key_id, unnest(buckets) as bucket, unnest(counts) as n
          from statement_histogram where to_at > $1 and to_at <= $2) e
    group by instance_id, stretch, key_id, bucket) s
  group by instance_id, stretch`;

/** Sums the rows of a finished hour for long windows, and merges them to five minutes. Done once per hour. */
export async function mergeHistogramHour(client: PoolClient, hour: number): Promise<void> {
  const span = [new Date(hour), new Date(hour + hourMs)];
  await ensurePartitions({}, client, 'statement_histogram_hour', [hour, hour + hourMs]);
  await inTransaction(client, async () => {
    // Late ones wait, and go into both.
    await client.query('lock table statement_histogram in share row exclusive mode');
    await client.query(
      `insert into statement_histogram_hour (${columns}) ${merged('1 hour')} on conflict do nothing`,
      span,
    );
    await client.query(
      `create temp table merging on commit drop as ${merged('5 minutes')}`.replaceAll(
        /\$([12])/g,
        (_, n) => `'${span[Number(n) - 1]?.toISOString()}'`,
      ),
    );
    await client.query('delete from statement_histogram where to_at > $1 and to_at <= $2', span);
    await client.query(
      `insert into statement_histogram (${columns}) select ${columns} from merging`,
    );
    await markCompacted(client, 'histogram_hour', hour);
  });
}

/** Executions of statements in (from, to] by bucket, under the name `named` gives their rows. */
export async function readHistograms(
  db: Pool,
  query: { instanceIds: number[]; from: number; to: number },
  ids: readonly string[],
  named: (row: { id: string; database: string | null; user: string | null }) => string,
): Promise<Map<string, Histogram>> {
  const { rows: keys } = await db.query<{
    key: number;
    id: string;
    database: string | null;
    user: string | null;
  }>(
    `select id as key, statement_id as id, database_name as database, user_name as "user" from statement_key
     where instance_id = any($1) and statement_id = any($2)`,
    [query.instanceIds, ids],
  );
  const names = new Map(keys.map((row) => [row.key, named(row)]));
  const { rows } = await db.query<{ key: number; bucket: number; n: number }>(
    `with hours as (select at from compacted where tier = 'histogram_hour' and at >= $2 and at + interval '1 hour' <= $3)
     select key, bucket, sum(n) as n
     from (select unnest(key_ids) as key, unnest(buckets) as bucket, unnest(counts) as n from (
       select key_ids, buckets, counts from statement_histogram r
       where instance_id = any($1) and to_at > $2 and to_at <= $3
         and not exists (select from hours where r.to_at > at and r.to_at <= at + interval '1 hour')
       union all
       select key_ids, buckets, counts from hours join statement_histogram_hour r
         on r.instance_id = any($1) and r.to_at > at and r.to_at <= at + interval '1 hour') w) e
     where key = any($4) group by 1, 2`,
    [query.instanceIds, new Date(query.from), new Date(query.to), [...names.keys()]],
  );
  const found = new Map<string, Histogram>();
  for (const { key, bucket, n } of rows) {
    const name = names.get(key) ?? '';
    const histogram = found.get(name) ?? new Map<number, number>();
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + n);
    found.set(name, histogram);
  }
  return found;
}

/**
 * A percentile (nearest rank) of executions that are all in the histogram, exact to the bucket; null where the histogram
 * is not of the same executions as the calls: the server was asked for too few of them in the window.
 * @returns `under` where ranges are so wide that it is only known to be less
 */
export function countedPercentile(
  histogram: Histogram,
  calls: number,
  share: number,
): { ms: number } | { under: number } | null {
  const counted = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  if (counted === 0 || counted < calls * 0.9 - 1 || counted > calls * 1.25 + 2) return null;
  let rank = Math.max(1, Math.ceil(share * counted - 1e-9));
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    if (rank <= count) {
      const bound = boundOf(bucket);
      if (bound === null) return { ms: middleOf(bucket) };
      return Number.isFinite(bound) ? { under: bound } : null;
    }
    rank -= count;
  }
  return null;
}
