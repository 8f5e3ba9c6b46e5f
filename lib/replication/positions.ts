/** Places in a log as numbers that grow, and when they were passed. Pure. */

/** More than the largest binary log: a transaction is never split, and max_binlog_size is at most 1 GiB. */
const fileSpan = 2 ** 33;

/** `binlog.000012` and 154 as one number; differences are bytes within one file only. Null for names of another shape. */
export function binlogPosition(file: string | null, offset: number | null): number | null {
  const number = Number(/\.(\d{1,10})$/.exec(file ?? '')?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(number) || offset === null || offset >= fileSpan) return null;
  const position = number * fileSpan + offset;
  return Number.isSafeInteger(position) ? position : null;
}

/** Bytes between two places of one binary log; null when they are in different files. */
export function binlogBytes(from: number, to: number): number | null {
  return Math.floor(from / fileSpan) === Math.floor(to / fileSpan) ? Math.max(0, to - from) : null;
}

/** `16/B374D848` as bytes. Null for text of another shape. */
export function lsnBytes(text: string | null): number | null {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text ?? '') ?? [];
  if (high === undefined || low === undefined) return null;
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
}

/** The end of the WAL file of this name (24 hexadecimal digits), in bytes. Null for histories and labels of backups. */
export function walFileEnd(name: string | null, segmentBytes: number): number | null {
  const [, high, low] =
    /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})(\.partial)?$/.exec(name ?? '') ?? [];
  if (high === undefined || low === undefined) return null;
  return Number.parseInt(high, 16) * 2 ** 32 + (Number.parseInt(low, 16) + 1) * segmentBytes;
}

export type Passed = [at: number, log: number][];

/** Kept densely for some minutes, then about one a minute: a position of hours ago needs no second. */
const denseMs = 5 * 60_000;
const sparseMs = 60_000;
const mostPassed = 180;

/** The readings with a new one. A log that went back is another log: what was known of it is forgotten. */
export function addPassed(before: Passed, at: number, log: number | null): Passed {
  if (log === null) return before;
  const last = before.at(-1);
  const kept = last && (log < last[1] || at < last[0]) ? [] : before;
  const next: Passed = [];
  for (const point of [...kept, [at, log] as [number, number]]) {
    const previous = next.at(-1);
    const old = at - point[0] > denseMs;
    if (old && previous && point[0] - previous[0] < sparseMs) continue;
    next.push(point);
  }
  return next.slice(-mostPassed);
}

/**
 * When the log went beyond `log`: the moment from which everything behind it is missing on the one that stands there.
 * Between two readings the log is taken to grow evenly. Null when it never did, or did before anybody looked.
 */
export function passedAt(passed: Passed, log: number): number | null {
  let index = passed.length - 1;
  while (index >= 0 && (passed[index]?.[1] ?? 0) > log) index--;
  const [here, next] = [passed[index], passed[index + 1]];
  if (!here || !next) return null;
  return here[0] + ((log - here[1]) / (next[1] - here[1])) * (next[0] - here[0]);
}
