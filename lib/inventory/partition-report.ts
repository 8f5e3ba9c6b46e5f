/** What there is to say about the partitions of a table. Pure. */
import { type Inventory, type InventoryTable, tableName } from './inventory';
import { type PartitionBound, parseBound, timeOfBound } from './partition-bounds';

const dayMs = 24 * 3_600_000;

export type PartitionRow = {
  name: string;
  bound: string | null;
  kind: PartitionBound['kind'];
  /** Bounds in time, epoch ms; null when it is not partitioned by time, or without an end. */
  from: number | null;
  to: number | null;
  rows: number | null;
  bytes: number | null;
  /** Rows inserted, updated and deleted since the counting began; null on a standby. */
  writes: number | null;
  /** Scans of it and its indexes since the counting began. */
  scans: number | null;
  /** Partitions of its own. */
  partitions: number;
};

export type PartitionReport = {
  key: string | null;
  /** Of time first the newest, others by name; the default one last. */
  partitions: PartitionRow[];
  /**
   * The one most written to, with its share of the writes: over a range when that was followed, else since the counting
   * began, which says nothing of partitions by time. Null when nothing is written or known.
   */
  hot: { name: string; share: number } | null;
  /** Whether hash or list partitions are written unevenly: the hottest takes more than twice an even share. */
  uneven: boolean;
  default: { name: string; rows: number | null; writes: number | null } | null;
  /** Null when it is not partitioned by time. */
  time: {
    /** Median width of a partition, ms; null with fewer than two that end. */
    interval_ms: number | null;
    /** Until when rows of the future find a partition, without a gap from now on; null: for ever. */
    covered_until: number | null;
    /** Whether now itself finds one. */
    covers_now: boolean;
    /** Whether to act: `missing` now, or `soon` missing. */
    next: 'ok' | 'soon' | 'missing';
    oldest: {
      name: string;
      to: number;
      bytes: number | null;
      /** Nothing read or wrote it since the counting began; null when not known. */
      untouched: boolean | null;
    } | null;
  } | null;
};

/** Bytes, rows and writes of a table with all partitions below it; null where no part is known. */
export function withPartitions(
  table: InventoryTable,
  childrenOf: ReadonlyMap<string, InventoryTable[]>,
): PartitionRow {
  const bound = parseBound(table.partition_bound);
  const time = (end: 'from' | 'to') =>
    bound.kind === 'range' && bound[end] !== null ? timeOfBound(bound[end]) : null;
  const children = childrenOf.get(tableName(table)) ?? [];
  const parts = children.map((child) => withPartitions(child, childrenOf));
  const own: (number | null)[][] = [
    [table.rows],
    [table.table_bytes, table.index_bytes],
    [table.inserted, table.updated, table.deleted],
    [table.seq_scans, table.index_scans],
  ];
  const [rows, bytes, writes, scans] = own.map(sum);
  const all = (mine: number | null | undefined, of: keyof PartitionRow) =>
    sum([mine ?? null, ...parts.map((part) => part[of] as number | null)]);
  return {
    name: tableName(table),
    bound: table.partition_bound,
    kind: bound.kind,
    from: time('from'),
    to: time('to'),
    rows: all(rows, 'rows'),
    bytes: all(bytes, 'bytes'),
    writes: all(writes, 'writes'),
    scans: all(scans, 'scans'),
    partitions: children.length,
  };
}

/** The partitions of each partitioned table, by its name. */
export function childrenByParent(
  inventory: Pick<Inventory, 'tables'>,
): Map<string, InventoryTable[]> {
  const children = new Map<string, InventoryTable[]>();
  for (const table of inventory.tables) {
    if (table.parent === null) continue;
    const siblings = children.get(table.parent);
    if (siblings) siblings.push(table);
    else children.set(table.parent, [table]);
  }
  return children;
}

/**
 * @param now epoch ms
 * @param recent rows written to tables over a range, by name; those not followed are absent
 */
export function partitionReport(
  table: InventoryTable,
  childrenOf: ReadonlyMap<string, InventoryTable[]>,
  now: number,
  recent: ReadonlyMap<string, number> = new Map(),
): PartitionReport {
  const partitions = (childrenOf.get(tableName(table)) ?? []).map((child) =>
    withPartitions(child, childrenOf),
  );
  partitions.sort(
    (a, b) =>
      Number(a.kind === 'default') - Number(b.kind === 'default') ||
      (b.from ?? b.to ?? 0) - (a.from ?? a.to ?? 0) ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  const fallback = partitions.find(({ kind }) => kind === 'default');
  const time = timeOf(partitions, now);
  const leaves = (name: string): string[] => [
    name,
    ...(childrenOf.get(name) ?? []).flatMap((child) => leaves(tableName(child))),
  ];
  const ofRange = new Map(
    partitions.map(({ name }) => [name, sum(leaves(name).map((one) => recent.get(one) ?? null))]),
  );
  const hot =
    hottest(partitions, (one) => ofRange.get(one.name) ?? null) ??
    (time === null ? hottest(partitions, ({ writes }) => writes) : null);
  return {
    key: table.partition_key,
    partitions,
    hot,
    uneven:
      hot !== null &&
      partitions.some(({ kind }) => kind === 'hash' || kind === 'list') &&
      hot.share > 2 / partitions.length &&
      partitions.length > 1,
    default: fallback
      ? { name: fallback.name, rows: rowsIn(table, fallback, childrenOf), writes: fallback.writes }
      : null,
    time,
  };
}

/** Rows as they are counted, which is sooner than the planner's estimate. */
function rowsIn(
  table: InventoryTable,
  row: PartitionRow,
  childrenOf: ReadonlyMap<string, InventoryTable[]>,
): number | null {
  const child = childrenOf.get(tableName(table))?.find((one) => tableName(one) === row.name);
  const counted = child?.live_rows ?? null;
  if (counted === null || row.rows === null) return counted ?? row.rows;
  return Math.max(counted, row.rows);
}

function hottest(
  partitions: PartitionRow[],
  of: (one: PartitionRow) => number | null,
): PartitionReport['hot'] {
  const total = sum(partitions.map(of));
  if (total === null || total <= 0) return null;
  const [most] = [...partitions].sort((a, b) => (of(b) ?? 0) - (of(a) ?? 0));
  return most ? { name: most.name, share: (of(most) ?? 0) / total } : null;
}

function timeOf(partitions: PartitionRow[], now: number): PartitionReport['time'] {
  const ranges = partitions.filter(({ kind }) => kind === 'range');
  if (!ranges.some(({ from, to }) => from !== null || to !== null)) return null;
  // A bound that is not a time, in a range that has one, is MINVALUE or MAXVALUE.
  const spans = ranges
    .map((row) => ({ row, from: row.from ?? -Infinity, to: row.to ?? Infinity }))
    .sort((a, b) => a.from - b.from);
  let until = now;
  for (const { from, to } of spans) if (from <= until && to > until) until = to;
  const widths = spans
    .map(({ from, to }) => to - from)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const interval = widths.length < 2 ? null : (widths[Math.floor(widths.length / 2)] ?? null);
  const coversNow = until > now;
  const left = until - now;
  const soon = Math.min(7 * dayMs, interval === null ? 7 * dayMs : 2 * interval);
  const oldest = spans.find(({ to }) => to <= now);
  return {
    interval_ms: interval,
    covered_until: Number.isFinite(until) ? until : null,
    covers_now: coversNow,
    next: !coversNow ? 'missing' : left < soon ? 'soon' : 'ok',
    oldest: oldest
      ? {
          name: oldest.row.name,
          to: oldest.to,
          bytes: oldest.row.bytes,
          untouched:
            oldest.row.scans === null ? null : oldest.row.scans + (oldest.row.writes ?? 0) === 0,
        }
      : null,
  };
}

const sum = (values: (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
};
