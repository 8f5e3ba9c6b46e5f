/** Every entry of pg_stat_statements at one moment, without texts: reading them loads the whole text file. */
import { Failure } from '@/collectors/run/failure';
import type { Session } from '../session/session';
import type { StatementsSource } from './probe';

/** The counters, in the order they are kept in. */
export const counterNames = [
  'calls',
  'totalMs',
  'sumSqMs',
  'planMs',
  'rows',
  'blocksHit',
  'blocksRead',
  'blocksDirtied',
  'blocksWritten',
  'tempBlocksRead',
  'tempBlocksWritten',
  'readMs',
  'writeMs',
  'walBytes',
  'jitMs',
] as const;
export const width = counterNames.length;

export type Snapshot = {
  /** Wall clock of the collector and of the server, epoch milliseconds. */
  at: number;
  monotonicMs: number;
  serverClockMs: number;
  startedAt: string | null;
  systemIdentifier: string | null;
  /** Key (`userid/dbid/queryid/toplevel`) to its place in `values`. */
  places: Map<string, number>;
  /** `width` numbers per entry; NaN is not measured. */
  values: Float64Array;
  /** When each entry was created, as text (1.11 and later); empty when the extension does not say. */
  since: string[];
  hidden: { entries: number; calls: number; totalMs: number };
  /** When all entries were last reset, and how many were evicted since (1.9 and later). */
  resetAt: string | null;
  dealloc: number | null;
};

export type Info = { resetAt: string | null; dealloc: number | null };

function columnsOf(source: StatementsSource): string[] {
  const { columns: has } = source;
  const sum = (...names: string[]) => {
    const there = names.filter((name) => has.has(name));
    return there.length === 0 ? 'null' : there.join(' + ');
  };
  const readTime = has.has('shared_blk_read_time') ? 'shared_blk_read_time' : 'blk_read_time';
  const writeTime = has.has('shared_blk_write_time') ? 'shared_blk_write_time' : 'blk_write_time';
  return [
    'calls',
    'total_exec_time',
    // Population deviation: sum of squares = calls x (deviation^2 + mean^2).
    'calls * (stddev_exec_time ^ 2 + mean_exec_time ^ 2)',
    source.tracksPlanning ? 'total_plan_time' : 'null',
    'rows',
    'shared_blks_hit',
    'shared_blks_read',
    'shared_blks_dirtied',
    'shared_blks_written',
    'temp_blks_read',
    'temp_blks_written',
    // Off means not measured, which the view writes as 0.
    source.tracksIo ? readTime : 'null',
    source.tracksIo ? writeTime : 'null',
    sum('wal_bytes'),
    sum('jit_generation_time', 'jit_inlining_time', 'jit_optimization_time', 'jit_emission_time'),
  ];
}

/** The query of every poll; also shown in the reference. */
export function snapshotSql(source: StatementsSource): string {
  const toplevel = source.columns.has('toplevel') ? 'toplevel' : 'true';
  const since = source.columns.has('stats_since') ? 'extract(epoch from stats_since)' : 'null';
  return `select userid, dbid, queryid, ${toplevel}, ${since},
    ${columnsOf(source).join(', ')}
  from ${source.schema}.pg_stat_statements(false)`;
}

export async function readInfo(
  session: Session,
  source: StatementsSource,
  timeoutMs: number,
): Promise<Info> {
  if (!source.hasInfo) return { resetAt: null, dealloc: null };
  const { rows } = await session.query(
    `select extract(epoch from stats_reset), dealloc from ${source.schema}.pg_stat_statements_info`,
    { doing: 'read pg_stat_statements_info', timeoutMs },
  );
  const [resetAt, dealloc] = rows[0] ?? [];
  return { resetAt: resetAt ?? null, dealloc: dealloc == null ? null : Number(dealloc) };
}

const fixedColumns = 5;
/** 50,000 entries are about 10 MB on the wire. */
const maxBytes = 64 * 1024 * 1024;

/** @throws Failure when the entries are reset again and again while they are read */
export async function readSnapshot(
  session: Session,
  source: StatementsSource,
  server: { clockMs: number; startedAt: string | null; systemIdentifier: string | null },
  timeoutMs: number,
): Promise<Snapshot> {
  const sql = snapshotSql(source);
  for (let attempt = 0; attempt < 3; attempt++) {
    // The same reset time before and after: the entries in between belong to one life.
    const before = await readInfo(session, source, timeoutMs);
    const { rows } = await session.query(sql, {
      doing: 'read pg_stat_statements',
      timeoutMs,
      maxBytes,
    });
    const at = Date.now();
    const monotonicMs = performance.now();
    const after = await readInfo(session, source, timeoutMs);
    if (before.resetAt !== after.resetAt) continue;
    return {
      at,
      monotonicMs,
      serverClockMs: server.clockMs,
      startedAt: server.startedAt,
      systemIdentifier: server.systemIdentifier,
      ...after,
      ...entriesOf(rows, source.columns.has('stats_since')),
    };
  }
  throw new Failure(
    'not_understood',
    'pg_stat_statements was reset several times while it was read',
  );
}

function entriesOf(
  rows: readonly (string | null)[][],
  hasSince: boolean,
): Pick<Snapshot, 'places' | 'values' | 'since' | 'hidden'> {
  const places = new Map<string, number>();
  const values = new Float64Array(rows.length * width);
  const since: string[] = [];
  const hidden = { entries: 0, calls: 0, totalMs: 0 };
  for (const row of rows) {
    const queryid = row[2];
    if (queryid == null) {
      hidden.entries++;
      hidden.calls += Number(row[fixedColumns]);
      hidden.totalMs += Number(row[fixedColumns + 1]);
      continue;
    }
    const place = places.size;
    places.set(`${row[0]}/${row[1]}/${queryid}/${row[3] === 'f' ? 'f' : 't'}`, place);
    if (hasSince) since.push(row[4] ?? '');
    for (let i = 0; i < width; i++) {
      const text = row[fixedColumns + i];
      values[place * width + i] = text == null ? Number.NaN : Number(text);
    }
  }
  return { places, values, since, hidden };
}
