/** Pieces of the files of a log, over SQL. */
import { createHash } from 'node:crypto';
import type { LogFileFormat, LogFormat } from '@/lib/log/log-entry';
import type { Session } from '../session/session';
import type { LogAccess } from './log-source';

export type LogFile = { name: string; size: number; modifiedMs: number };

const endings: Record<LogFileFormat, RegExp> = {
  jsonlog: /\.json$/,
  csvlog: /\.csv$/,
  stderr: /^(?!.*\.(?:json|csv)$)/s,
};

/** Files of a format, in the order in which they were written: the current one last. At most 1,000. */
export async function listFiles(
  session: Session,
  format: LogFormat,
  current: string,
  timeoutMs: number,
): Promise<LogFile[]> {
  const { rows } = await session.query(
    'select name, size, extract(epoch from modification) from pg_ls_logdir() order by modification desc limit 1000',
    { doing: 'list the server log', timeoutMs },
  );
  return rows
    .map(([name, size, modified]) => ({
      name: name ?? '',
      size: Number(size),
      modifiedMs: Number(modified) * 1000,
    }))
    .filter(({ name }) => format in endings && endings[format as LogFileFormat].test(name))
    .sort((a, b) =>
      a.name === current || b.name === current
        ? Number(a.name === current) - Number(b.name === current)
        : a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1),
    );
}

const headBytes = 200;

export type Piece = {
  bytes: Buffer;
  /** Of the file's first line; empty while it is not whole. */
  head: string;
};

/** Null when the file is not there. @throws Failure */
export async function readPiece(
  session: Session,
  access: LogAccess,
  at: { file: string; offset: number; length: number },
  timeoutMs: number,
): Promise<Piece | null> {
  const call = (from: string, length: string) =>
    access === 'function'
      ? `yagura.read_log($1, ${from}::bigint, ${length}::int)`
      : `pg_read_binary_file(current_setting('log_directory') || '/' || $1, ${from}::bigint, ${length}::bigint, true)`;
  const { rows } = await session.query(
    `select encode(${call('$2', '$3')}, 'base64'), encode(${call('0', String(headBytes))}, 'base64')`,
    {
      doing: 'read the server log',
      timeoutMs,
      params: [at.file, String(at.offset), String(at.length)],
    },
  );
  const [bytes, first] = rows[0] ?? [];
  if (bytes == null || first == null) return null;
  const head = Buffer.from(first, 'base64');
  return {
    bytes: Buffer.from(bytes, 'base64'),
    head:
      head.length < headBytes ? '' : createHash('sha256').update(head).digest('hex').slice(0, 16),
  };
}
