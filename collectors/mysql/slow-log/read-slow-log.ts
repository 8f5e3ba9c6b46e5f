/** The slow log from where it was read last, out of its file or its table: durations per statement, the slowest executions. */
import type { LogMemory, LogReader, LogReading } from '@/collectors/run/log-reading';
import type { LogFormat } from '@/lib/log/log-entry';
import type { LogPosition } from '@/lib/storage/logged-content';
import type { Session } from '../session/session';
import { locate } from './log-directory';
import { createSlowFile } from './slow-file';
import { readSlowSettings, type SlowSettings, slowSource } from './slow-settings';
import { oldestRow, readSlowRows, type SlowRow } from './slow-table';
import { type LoggedSlow, sumSlow } from './sum-slow';

const mostRows = 2_000;
/** Further behind than this, reading begins anew: what is shown should be of now. */
const mostBehindMs = 3_600_000;
/** Passing over the table may take this share of the time. */
const share = 0.005;
/** Entries of a file are older than what was read before only when the file is another one. */
const mostLateMs = 60_000;

/** What one poll found, from either place. Times are of the server's clock. */
type Found = {
  rows: LoggedSlow[];
  position: Omit<LogPosition, 'throughAt' | 'format'>;
  throughMs: number;
  caughtUp: boolean;
  /** Nothing is known to be missing since the reading before. */
  whole: boolean;
  /** There was no reading before from which it goes on. */
  first: boolean;
};

/** @param allowed the folder of YAGURA_LOG_DIRECTORY, if any */
export function createSlowLogReader(
  session: Session,
  memory: LogMemory,
  allowed: string | null,
): LogReader {
  let last: SlowSettings | null = null;
  let lastOldest: string | null = null;
  let notBefore = 0;
  const file = allowed === null ? null : createSlowFile(allowed);
  return {
    async read(_server, skewMs, timeoutMs) {
      if (memory.unsettled !== null || performance.now() < notBefore) return null;
      const settings = await readSlowSettings(session, timeoutMs);
      const source = slowSource(settings, session.flavour, allowed);
      const format: LogFormat = source === 'file' ? 'slow_log_file' : 'slow_log';
      const { position: stored } = memory;
      const before = stored?.format === format ? stored : null;
      const found =
        source === 'file'
          ? await fromFile(settings, before, skewMs)
          : await fromTable(settings, before, skewMs, timeoutMs);
      const { rows } = found;
      const throughAt = Math.max(stored?.throughAt ?? 0, found.throughMs - skewMs);
      const known =
        found.whole &&
        last !== null &&
        last.thresholdMs === settings.thresholdMs &&
        (session.flavour === 'mysql' || last.nested === settings.nested);
      const thresholdMs = known ? settings.thresholdMs : null;
      const reading: LogReading = {
        ...(found.first || before === null || throughAt <= before.throughAt
          ? { spans: [], statements: [], executions: [] }
          : sumSlow(rows, { fromAt: before.throughAt, toAt: throughAt, thresholdMs, skewMs })),
        ...{ plans: [], wildcards: [], before: stored },
        after: { ...found.position, format, throughAt },
        summary: {
          ...{ entries: rows.length, threshold_ms: thresholdMs, caught_up: found.caughtUp ? 1 : 0 },
          behind_ms: Math.max(0, settings.untilMs - found.throughMs),
        },
      };
      last = settings;
      memory.unsettled = reading;
      return reading;
    },
  };

  async function fromTable(
    { until, untilMs }: SlowSettings,
    before: LogPosition | null,
    skewMs: number,
    timeoutMs: number,
  ): Promise<Found> {
    const started = performance.now();
    const oldest = await oldestRow(session, timeoutMs);
    const behind = before !== null && untilMs - skewMs - before.throughAt > mostBehindMs;
    const from = before !== null && !behind ? before.head : null;
    const { rows: all, more } =
      from === null
        ? { rows: [], more: false }
        : await readSlowRows(session, { from, to: until, most: mostRows }, timeoutMs);
    notBefore = performance.now() + (performance.now() - started) / share;
    // Rows that went with the table were perhaps not read.
    const whole = lastOldest === null || lastOldest === oldest;
    lastOldest = oldest;
    const { rows, end, endMs } = upTo(all, more, { until, untilMs });
    return {
      ...{ rows, whole, caughtUp: !more, throughMs: endMs, first: from === null },
      position: { file: 'mysql.slow_log', offset: 0, skipping: 'no', head: end },
    };
  }

  async function fromFile(
    settings: SlowSettings,
    before: LogPosition | null,
    skewMs: number,
  ): Promise<Found> {
    if (file === null || allowed === null) throw new Error('no folder is allowed');
    const nowMs = Date.now() + skewMs;
    const read = await file.read(await locate(allowed, settings.file), before);
    const since = before === null ? 0 : before.throughAt + skewMs;
    let throughMs = since;
    // MariaDB's times are whole seconds: what follows within one is later all the same.
    if (before !== null && read.entries.length > 0) throughMs += 1;
    let unplaced = 0;
    const rows = read.entries.flatMap(({ at, ms, user, schema, statement }): LoggedSlow[] => {
      if (at !== null && at < since - mostLateMs) return [];
      throughMs = Math.max(throughMs, Math.min(at ?? 0, nowMs));
      if (statement === null) return [];
      if (schema === undefined) unplaced += 1;
      return [{ atMs: at ?? nowMs, ms, user, schema: schema ?? null, statement }];
    });
    return {
      rows,
      position: read.position,
      throughMs: read.caughtUp || before === null ? nowMs : throughMs,
      caughtUp: read.caughtUp || read.pending,
      whole: !read.gap && unplaced === 0,
      first: before === null,
    };
  }
}

/** Of a reading that stopped at its limit, rows of the last moment are read again with the rest of it. */
function upTo(
  rows: SlowRow[],
  more: boolean,
  { until, untilMs }: { until: string; untilMs: number },
): { rows: SlowRow[]; end: string; endMs: number } {
  const lastTime = rows.at(-1)?.loggedAt;
  const sure = rows.filter(({ loggedAt }) => loggedAt !== lastTime);
  const end = sure.at(-1);
  if (!more || end === undefined) return { rows, end: until, endMs: untilMs };
  return { rows: sure, end: end.loggedAt, endMs: end.atMs };
}
