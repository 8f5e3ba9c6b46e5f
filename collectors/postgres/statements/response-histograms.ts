/**
 * pg_stat_monitor (Percona), where it is installed beside pg_stat_statements: of each statement and time bucket, how many
 * executions fell into which of its ranges of durations. Ranges grow by half to twice as much each, so that a percentile is
 * known to lie below a bound and no more. Read from views and settings as documented and as its source has them (2.0 to
 * 2.3); not run against the real extension.
 * @see https://docs.percona.com/pg-stat-monitor/reference.html
 */

import { Failure } from '@/collectors/run/failure';
import type { StatementsPoll } from '@/collectors/run/statements-reader';
import { atMostBucketOf } from '@/lib/log/durations';
import { quoted } from '../needs';
import type { Session } from '../session/session';

export type ResponseMemory = {
  /** Where it is; null when it is not installed, undefined when nobody has looked. */
  source: ResponseSource | null | undefined;
  /** Begin of the newest finished bucket that was read, seconds of the server's clock; null before the first reading. */
  through: string | null;
  notBefore: number;
  /** Read of statements whose text is not known yet: the store could not say whose it is. */
  waiting: Map<string, Map<number, number>>;
};
type ResponseSource = { schema: string; toplevel: boolean; minMs: number; maxMs: number };

export const newResponseMemory = (): ResponseMemory => ({
  ...{ source: undefined, through: null, notBefore: Number.NEGATIVE_INFINITY },
  waiting: new Map(),
});

/** A bucket lasts a minute unless set; the view makes texts of all of them: it is asked seldom, and as its cost allows. */
const everyMs = 60_000;
const lookAgainMs = 600_000;
const share = 0.001;
const mostRows = 20_000;
const mostWaiting = 5_000;
/** HISTOGRAM_MAX_TIME of its source: a maximum of that has no range of longer ones. */
const noLonger = 50_000_000;

/**
 * Histograms of the time buckets that were finished since the reading before, of statements that are known.
 * @returns null where there is nothing to read, or not yet
 */
export async function readResponseHistograms(
  session: Session,
  memory: ResponseMemory,
  isKnown: (key: string) => boolean,
  timeoutMs: number,
): Promise<NonNullable<StatementsPoll['histograms']> | null> {
  if (performance.now() < memory.notBefore) return null;
  const started = performance.now();
  try {
    memory.source ??= await probe(session, timeoutMs);
    if (memory.source === null) {
      memory.source = undefined;
      memory.notBefore = started + lookAgainMs;
      return null;
    }
    await read(session, memory.source, memory, timeoutMs);
    const found = [...memory.waiting].filter(([key]) => isKnown(key));
    for (const [key] of found) memory.waiting.delete(key);
    if (memory.waiting.size > mostWaiting) memory.waiting.clear();
    const tookMs = performance.now() - started;
    memory.notBefore = started + Math.max(everyMs, tookMs / share);
    return found.map(([key, counts]) => ({ key, buckets: [...counts] }));
  } catch (error) {
    // The statements themselves are not less known for it.
    if (!(error instanceof Failure) || error.fatal) throw error;
    memory.source = undefined;
    memory.notBefore = started + lookAgainMs;
    return null;
  }
}

async function probe(session: Session, timeoutMs: number): Promise<ResponseSource | null> {
  const options = { doing: 'look for pg_stat_monitor', timeoutMs };
  const { rows } = await session.query(
    `select n.nspname, current_setting('pg_stat_monitor.pgsm_histogram_min', true), current_setting('pg_stat_monitor.pgsm_histogram_max', true)
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'pg_stat_monitor' and has_schema_privilege(n.oid, 'usage')`,
    options,
  );
  const [name, min, max] = rows[0] ?? [];
  if (name == null || min == null || max == null) return null;
  const schema = quoted(name);
  const { columns } = await session.query(
    `select * from ${schema}.pg_stat_monitor limit 0`,
    options,
  );
  const needed = ['userid', 'datname', 'queryid', 'bucket_start_time', 'bucket_done', 'resp_calls'];
  if (needed.some((column) => !columns.includes(column))) return null;
  return {
    schema,
    toplevel: columns.includes('toplevel'),
    minMs: millisecondsOf(min),
    maxMs: millisecondsOf(max),
  };
}

/** `1`, `100000`, and with a unit as settings are shown: `100s`. */
function millisecondsOf(setting: string): number {
  const [, amount = '', unit = 'ms'] = /^([\d.]+)\s*(us|ms|s|min|h|d)?$/.exec(setting) ?? [];
  const units = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(amount || Number.NaN) * units[unit as keyof typeof units];
}

async function read(
  session: Session,
  source: ResponseSource,
  memory: ResponseMemory,
  timeoutMs: number,
): Promise<void> {
  const options = { doing: 'read pg_stat_monitor', timeoutMs };
  if (memory.through === null) {
    const { rows } = await session.query(
      `select coalesce(extract(epoch from max(bucket_start_time)), 0) from ${source.schema}.pg_stat_monitor where bucket_done`,
      options,
    );
    memory.through = rows[0]?.[0] ?? '0';
    return;
  }
  const { rows } = await session.query(
    `select m.userid::oid, d.oid, m.queryid, ${source.toplevel ? 'm.toplevel' : 'true'}, extract(epoch from m.bucket_start_time),
    array_to_string(m.resp_calls, ',')
  from ${source.schema}.pg_stat_monitor m join pg_database d on d.datname = m.datname
  where m.bucket_done and extract(epoch from m.bucket_start_time) > $1::numeric
  order by 5 limit ${mostRows}`,
    { ...options, params: [memory.through] },
  );
  const sums = memory.waiting;
  for (const [userid, dbid, queryid, toplevel, start, calls] of rows) {
    const counts = (calls ?? '').split(',').map((count) => Number(count.trim()));
    const bounds = responseBounds(source, counts.length);
    const key = `${userid}/${dbid}/${queryid}/${toplevel === 'f' ? 'f' : 't'}`;
    const sum = sums.get(key) ?? new Map<number, number>();
    for (const [index, count] of counts.entries()) {
      const bucket = atMostBucketOf(bounds[index] ?? Number.POSITIVE_INFINITY);
      if (count > 0) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
    }
    sums.set(key, sum);
    memory.through = start ?? memory.through;
  }
}

/**
 * The upper bounds of its ranges, ms: one up to the minimum (unless that is 0), then as many as there are steps of equal
 * length in the logarithm up to the maximum, then one for what took longer.
 */
export function responseBounds(
  { minMs, maxMs }: Pick<ResponseSource, 'minMs' | 'maxMs'>,
  length: number,
): number[] {
  const below = minMs > 0 ? 1 : 0;
  const above = maxMs < noLonger ? 1 : 0;
  const steps = Math.max(1, length - below - above);
  const step = Math.log(maxMs - minMs) / steps;
  return Array.from({ length }, (_, index) => {
    if (index === 0 && below) return minMs;
    if (index === length - 1 && above) return Number.POSITIVE_INFINITY;
    return minMs + Math.exp(step * (index + 1 - below));
  });
}
