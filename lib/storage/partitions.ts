import type { Pool, PoolClient } from 'pg';

/** Either a pool or a client inside a transaction. */
export type Db = Pick<Pool | PoolClient, 'query'>;

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** How long one partition of a table lasts, in ms. All are aligned to UTC, so that no summer time moves them. */
export const partitionSpans = {
  hot_sample: hourMs,
  block: dayMs,
  rollup: 28 * dayMs,
  statement_reading: hourMs * 6,
  statement_hour: 28 * dayMs,
  statement_histogram: hourMs * 6,
  statement_histogram_hour: 28 * dayMs,
  load_reading: hourMs * 6,
  log_reading: hourMs * 6,
  log_hour: 28 * dayMs,
  slow_execution: dayMs,
  service_minute: dayMs,
  service_statement: dayMs,
  service_trace: dayMs,
} as const;
export type PartitionedTable = keyof typeof partitionSpans;

/** `hot_sample_29361144`: the partition number is the time divided by the span. */
export function partitionName(table: PartitionedTable, at: number): string {
  return `${table}_${Math.floor(at / partitionSpans[table])}`;
}

const known = new WeakMap<object, Set<string>>();

/**
 * Makes the partitions that hold these moments, unless they are there. Cheap to repeat: what exists is remembered per pool.
 * @param owner the pool, by which the memory is kept; a dropped partition is forgotten by forgetPartitions. Where a
 *   rollback or another process's drop may make the memory wrong, a new object: nothing is remembered then
 */
export async function ensurePartitions(
  owner: object,
  db: Db,
  table: PartitionedTable,
  moments: Iterable<number>,
): Promise<void> {
  const seen = known.get(owner) ?? new Set<string>();
  known.set(owner, seen);
  const span = partitionSpans[table];
  for (const index of new Set([...moments].map((at) => Math.floor(at / span)))) {
    const name = `${table}_${index}`;
    if (seen.has(name)) continue;
    const bound = (at: number) => `'${new Date(at).toISOString()}'`;
    // The advisory lock makes two processes take turns; "if not exists" alone can still collide.
    await db.query(`
      do $$ begin
        if to_regclass('${name}') is null then
          perform pg_advisory_xact_lock(7274616);
          create table if not exists ${name} partition of ${table}
            for values from (${bound(index * span)}) to (${bound((index + 1) * span)});
        end if;
      end $$`);
    seen.add(name);
  }
}

/** Forgets what ensurePartitions remembers, after partitions were dropped or a write found one missing. */
export function forgetPartitions(owner: object): void {
  known.delete(owner);
}

/** Partitions of a table that exist now, oldest first, with the start of their time. */
export async function listPartitions(
  db: Db,
  table: PartitionedTable,
): Promise<{ name: string; from: number; to: number }[]> {
  const { rows } = await db.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass`,
    [table],
  );
  const span = partitionSpans[table];
  return rows
    .map(({ name }) => ({ name, index: Number(name.slice(table.length + 1)) }))
    .filter(({ index }) => Number.isFinite(index))
    .map(({ name, index }) => ({ name, from: index * span, to: (index + 1) * span }))
    .sort((a, b) => a.from - b.from);
}

/** Drops a partition: milliseconds, where deleting its rows would take minutes and write them all to the WAL. */
export async function dropPartition(db: Db, name: string): Promise<void> {
  await db.query(`drop table if exists ${name}`);
}
