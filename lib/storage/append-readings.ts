import type { Pool } from 'pg';
import { type Layout, type Line, labelsKey, layoutFor, lineKey, type StoredColumn } from './layout';
import { type Db, ensurePartitions, forgetPartitions } from './partitions';

/** The right to write for an instance, as lib/storage/lease.ts gave it. */
export type LeaseFence = { instanceId: number; fence: bigint };
/** Values by column order, null for what was not measured; rates per second for counters, null elsewhere. */
export type ReadingRow = {
  labels: Record<string, string>;
  values: (number | null)[];
  rates: (number | null)[];
};
/** One poll of one metric. `at` is the scheduled time, a multiple of `everyMs`. */
export type SeriesReading = {
  metric: string;
  at: number;
  everyMs: number;
  columns: StoredColumn[];
  rows: ReadingRow[];
};
export type ReadingBatch = { lease: LeaseFence; readings: SeriesReading[] };

const caches = new WeakMap<Pool, Map<string, Layout>>();

/**
 * Appends readings in one transaction. Writing the same reading again changes nothing.
 * A batch whose fence is not the lease's current one is left out and named in `rejected`.
 * @throws when the store cannot be written; nothing of the call is kept then
 */
export async function appendReadings(
  db: Pool,
  batches: ReadingBatch[],
): Promise<{ written: number; rejected: LeaseFence[] }> {
  const cache = caches.get(db) ?? new Map<string, Layout>();
  caches.set(db, cache);
  const client = await db.connect();
  const fresh = new Map<string, Layout>();
  try {
    await client.query('begin');
    const rejected = await refusedLeases(
      client,
      batches.map((batch) => batch.lease),
    );
    const accepted = batches.filter((batch) => !rejected.includes(batch.lease));
    const rows: unknown[] = [];
    const times: number[] = [];
    for (const { lease, readings } of accepted) {
      for (const reading of readings) {
        const key = `${lease.instanceId} ${reading.metric} ${reading.everyMs}`;
        const lines = linesOf(reading);
        const target = { ...reading, instanceId: lease.instanceId };
        const layout = await layoutFor(client, target, lines, fresh.get(key) ?? cache.get(key));
        fresh.set(key, layout);
        rows.push(layout.id, new Date(reading.at), arrayOf(reading, lines, layout));
        times.push(reading.at);
      }
    }
    await ensurePartitions(db, client, 'hot_sample', times);
    let written = 0;
    // 3 parameters a row, 65,535 at most.
    for (let start = 0; start < rows.length; start += 60_000) {
      const part = rows.slice(start, start + 60_000);
      const places = Array.from(
        { length: part.length / 3 },
        (_, i) => `($${i * 3 + 1}::int,$${i * 3 + 2}::timestamptz,$${i * 3 + 3}::float8[])`,
      );
      const done = await client.query(
        `insert into hot_sample (layout_id, at, vals) values ${places.join(',')} on conflict do nothing`,
        part,
      );
      written += done.rowCount ?? 0;
    }
    await client.query('commit');
    for (const [key, layout] of fresh) cache.set(key, layout);
    return { written, rejected };
  } catch (error) {
    await client.query('rollback').catch(() => {});
    forgetPartitions(db); // What the lost transaction made is gone, or somebody dropped one.
    cache.clear();
    throw error;
  } finally {
    client.release();
  }
}

/** Leases that are no longer held; the others stay locked until the transaction ends, so that no takeover can slip in between. */
export async function refusedLeases(db: Db, leases: LeaseFence[]): Promise<LeaseFence[]> {
  const { rows } = await db.query<{ instance_id: number; fence: string }>(
    'select instance_id, fence from lease where instance_id = any($1) order by instance_id for share',
    [leases.map((lease) => lease.instanceId)],
  );
  const held = new Map(rows.map((row) => [row.instance_id, BigInt(row.fence)]));
  return leases.filter((lease) => held.get(lease.instanceId) !== lease.fence);
}

function linesOf(reading: SeriesReading): Line[] {
  return reading.rows.flatMap(({ labels }) => {
    const identity = labelsKey(labels);
    const line = (column: StoredColumn, form: Line['form']): Line => ({
      column: column.name,
      kind: column.kind,
      form,
      labels,
      key: lineKey(column.name, form, identity),
    });
    return reading.columns.flatMap((column) =>
      column.kind === 'counter'
        ? [line(column, 'value'), line(column, 'rate')]
        : [line(column, 'value')],
    );
  });
}

/** The row's array as text, in which NULL stands for what is unknown. Not finite is unknown as well. */
function arrayOf(reading: SeriesReading, lines: Line[], layout: Layout): string {
  const values: (number | null)[] = new Array(layout.length).fill(null);
  let next = 0;
  for (const row of reading.rows) {
    for (const [index, column] of reading.columns.entries()) {
      const put = (value: number | null | undefined) => {
        const line = lines[next++];
        const position = line && layout.positions.get(line.key);
        if (position) values[position - 1] = value ?? null;
      };
      put(row.values[index]);
      if (column.kind === 'counter') put(row.rates[index]);
    }
  }
  return `{${values.map((value) => (value === null || !Number.isFinite(value) ? 'NULL' : value)).join(',')}}`;
}
