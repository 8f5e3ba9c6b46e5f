/** One entry of a server's log. What the server did not write is null. */
export type LogEntry = {
  /** Epoch milliseconds; null when the line's time could not be read. */
  at: number | null;
  pid: number | null;
  /** `%c`, hexadecimal start time and process id. */
  session: string | null;
  user: string | null;
  database: string | null;
  application: string | null;
  /** `LOG`, `ERROR`, `FATAL`, … as the server writes it: another language than English translates it. */
  severity: string;
  sqlstate: string | null;
  message: string;
  detail: string | null;
  /** The statement that was running, with its literals: never stored. */
  statement: string | null;
  /** 64 bits: text. Null when the server does not compute it. */
  queryId: string | null;
};

/** Of PostgreSQL's files. */
export type LogFileFormat = 'jsonlog' | 'csvlog' | 'stderr';
/** `slow_log` is MySQL's table of that name, `slow_log_file` the same as a file. */
export type LogFormat = LogFileFormat | 'slow_log' | 'slow_log_file';

/** What a reader needs to know of the server to understand its log. */
export type LogSettings = {
  /** `log_line_prefix`, for the stderr format. */
  prefix: string;
  /** `log_timezone`, an IANA name as a rule. */
  timezone: string;
  /** `server_encoding`, for bytes that are not UTF-8. */
  encoding: string;
};

/**
 * Where to go on in a file: nothing; the rest of an entry that was too long is passed over up to the end of its line, or
 * to the end of its quoted field; or reading began somewhere inside the file and looks for the first whole entry.
 */
export type Skipping = 'no' | 'line' | 'quoted' | 'resync';

export type LogChunk = {
  entries: LogEntry[];
  /** Bytes that are done with; the rest is to be read again with what follows it. */
  used: number;
  skipping: Skipping;
  /** Entries that could not be understood. */
  unreadable: number;
  /** Entries longer than a chunk, passed over. */
  oversized: number;
};

/** What is kept of a field; a message may hold a plan. */
export const longestMessage = 1_000_000;
export const longestField = 100_000;

export const cut = (value: string | undefined | null, most: number): string | null =>
  value === undefined || value === null || value === '' ? null : value.slice(0, most);
