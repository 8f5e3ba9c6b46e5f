import type { Pool } from 'pg';
import {
  type Layout,
  type Line,
  labelsKey,
  layoutFor,
  lineKey,
  needsReplacing,
  type StoredColumn,
} from './layout';
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
 * @param late it was read a while ago, when the lease was held: who holds it now does not matter
 * @throws when the store cannot be written; nothing of the call is kept then
 */
export async function appendReadings(
  db: Pool,
  batches: ReadingBatch[],
  { late = false }: { late?: boolean } = {},
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
      late,
    );
    const accepted = batches.filter((batch) => !rejected.includes(batch.lease));
    const rows: unknown[] = [];
    const times: number[] = [];
    for (const { lease, readings } of accepted) {
      for (const reading of readings) {
        const key = `${lease.instanceId} ${reading.metric} ${reading.everyMs}`;
        let layout = fresh.get(key) ?? cache.get(key);
        let places = layout && placesOf(reading, layout);
        if (!layout || !places) {
          const lines = linesOf(reading);
          const target = { ...reading, instanceId: lease.instanceId };
          layout = await layoutFor(client, target, lines, layout);
          places = rememberPlaces(reading, lines, layout);
          fresh.set(key, layout);
        }
        rows.push(layout.id, new Date(reading.at), arrayOf(reading, places, layout));
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

/**
 * Leases that are no longer held; the others stay locked until the transaction ends, so that no takeover can slip in between.
 * @param late only those whose instance is no longer watched
 */
export async function refusedLeases(
  db: Db,
  leases: LeaseFence[],
  late: boolean,
): Promise<LeaseFence[]> {
  const { rows } = await db.query<{ instance_id: number; fence: string }>(
    'select instance_id, fence from lease where instance_id = any($1) order by instance_id for share',
    [leases.map((lease) => lease.instanceId)],
  );
  const held = new Map(rows.map((row) => [row.instance_id, BigInt(row.fence)]));
  return leases.filter((lease) =>
    late ? !held.has(lease.instanceId) : held.get(lease.instanceId) !== lease.fence,
  );
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

/** Names a row within its layout, for `Layout.places`. Cheaper than the key of a line; its order of labels is as it came. */
function placeKey(columns: readonly StoredColumn[], labels: Record<string, string>): string {
  let key = `${columns.length}`;
  for (const name in labels) key += `\u0000${name}\u0000${labels[name]}`;
  return key;
}

/** Where each row's numbers go in the array, or null when the layout has to be looked at: a new row, or many unused places. */
function placesOf(reading: SeriesReading, layout: Layout): Int32Array[] | null {
  const places: Int32Array[] = [];
  let used = 0;
  for (const { labels } of reading.rows) {
    const place = layout.places.get(placeKey(reading.columns, labels));
    if (!place) return null;
    used += place.length;
    places.push(place);
  }
  return needsReplacing(layout, used) ? null : places;
}

function rememberPlaces(reading: SeriesReading, lines: Line[], layout: Layout): Int32Array[] {
  const each = reading.rows.length === 0 ? 0 : lines.length / reading.rows.length;
  return reading.rows.map(({ labels }, index) => {
    const place = Int32Array.from(
      lines.slice(index * each, (index + 1) * each),
      (line) => (layout.positions.get(line.key) ?? 0) - 1,
    );
    layout.places.set(placeKey(reading.columns, labels), place);
    return place;
  });
}

const float8 = 701; // pg_type.oid

/**
 * The row's array in the form array_recv() takes (src/backend/utils/adt/arrayfuncs.c): neither side spells out digits.
 * NULL stands for what is unknown. Not finite is unknown as well.
 */
function arrayOf(reading: SeriesReading, places: Int32Array[], layout: Layout): Buffer {
  const values = new Float64Array(layout.length).fill(Number.NaN);
  for (const [index, row] of reading.rows.entries()) {
    const place = places[index];
    let next = 0;
    for (const [column, { kind }] of reading.columns.entries()) {
      values[place?.[next++] ?? -1] = row.values[column] ?? Number.NaN;
      if (kind === 'counter') values[place?.[next++] ?? -1] = row.rates[column] ?? Number.NaN;
    }
  }
  const array = Buffer.allocUnsafe(20 + 12 * values.length);
  array.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  array.writeInt32BE(1, 4);
  array.writeInt32BE(float8, 8);
  if (values.length === 0) return array.subarray(0, 12);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
  let offset = 20;
  for (const value of values) {
    const known = Number.isFinite(value);
    offset = array.writeInt32BE(known ? 8 : -1, offset);
    if (known) offset = array.writeDoubleBE(value, offset);
  }
  return array.subarray(0, offset);
}
