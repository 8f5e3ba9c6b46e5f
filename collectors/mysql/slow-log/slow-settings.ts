/** By which rules a server logs what is slow, and where to. */
import { hostname } from 'node:os';
import path from 'node:path';
import { Failure } from '@/collectors/run/failure';
import type { Session } from '../session/session';
import { allowedBy } from './log-directory';

export type SlowSettings = {
  /** Up to here rows of the table are there whole: the server's clock a moment ago, UTC, as text and in epoch ms. */
  until: string;
  untilMs: number;
  /** `log_output`: TABLE, FILE, NONE. */
  outputs: string[];
  /** Absolute, as the server names it. */
  file: string;
  /** The server says that its host is the collector's. */
  here: boolean;
  /** Every execution longer than this is logged, as far as settings say; null when some are left out. */
  thresholdMs: number | null;
  /** Statements executed inside stored programs so far: MariaDB counts them and may not log them. */
  nested: number | null;
};

/** A row is written a moment after its time. */
const settleSeconds = 2;

/** @throws Failure */
export async function readSlowSettings(session: Session, timeoutMs: number): Promise<SlowSettings> {
  const more =
    session.flavour === 'mariadb'
      ? '@@global.log_slow_rate_limit, @@global.log_slow_filter'
      : `1, ''`;
  const { rows } = await session.query(
    `select now(6) - interval ${settleSeconds} second, unix_timestamp(now(6) - interval ${settleSeconds} second) * 1000,
      @@global.log_output, @@global.long_query_time, @@global.min_examined_row_limit,
      (select count_star from performance_schema.events_statements_summary_global_by_event_name
       where event_name = 'statement/sp/stmt'),
      @@global.slow_query_log_file, @@global.datadir, @@global.hostname, ${more}`,
    { doing: 'look at the settings of the slow log', timeoutMs },
  );
  const [until, untilMs, output, longer, least, nested, file, dataDir, host, rate, filter] =
    rows[0] ?? [];
  // MariaDB's filter lets pass what has one of its marks; each statement that misses the query cache has that one.
  const filtered = (filter ?? '') !== '' && !(filter ?? '').split(',').includes('query_cache_miss');
  const whole = least === '0' && Number(rate) === 1 && !filtered;
  return {
    until: until ?? '',
    untilMs: Number(untilMs),
    outputs: (output ?? '').split(','),
    file: path.resolve(dataDir ?? '/', file ?? ''),
    here: host === hostname(),
    thresholdMs: whole && longer != null ? Number(longer) * 1000 : null,
    nested: nested == null ? null : Number(nested),
  };
}

/**
 * Where the log is read: once, also when the server writes both. The file when the collector may read it, because a
 * reading of the table passes over all of it.
 * @param allowed the folder of YAGURA_LOG_DIRECTORY, if any
 * @throws Failure with what brings it to a place that can be read
 */
export function slowSource(
  { outputs, here, file }: SlowSettings,
  flavour: Session['flavour'],
  allowed: string | null,
): 'table' | 'file' {
  const toFile = outputs.includes('FILE');
  if (toFile && here && allowed !== null) return 'file';
  if (outputs.includes('TABLE')) return 'table';
  const set = `SET ${flavour === 'mysql' ? 'PERSIST' : 'GLOBAL'} log_output = '${toFile ? 'TABLE,FILE' : 'TABLE'}'; -- read with SELECT on mysql.slow_log, which the account's script grants`;
  if (!toFile)
    throw new Failure('log_unavailable', 'the slow log goes nowhere (log_output = NONE)', set);
  throw new Failure(
    'log_unavailable',
    here
      ? `the slow log goes to the file ${file} (log_output = FILE). Through a connection only the FILE privilege reads it, which opens every file of the server and is not asked for`
      : 'the slow log goes to a file (log_output = FILE), and the server says that it runs on another host than the collector',
    here
      ? `${set}\n-- or start the collector with ${allowedBy}=${path.dirname(file)}`
      : `${set}\n-- or run a collector on the host of the server, with ${allowedBy}`,
  );
}
