import { readCsvRecord } from './csv-log';
import { decodeLog } from './decode';
import { readJsonLine } from './json-log';
import type { LogChunk, LogEntry, LogFormat, LogSettings, Skipping } from './log-entry';
import { logClock } from './log-time';
import { stderrReader } from './stderr-log';

const newline = 0x0a;
const quote = 0x22;
const tab = 0x09;

/**
 * Reads the whole entries of a piece of a log. Never throws, whatever the bytes; its work grows with their number alone.
 * @param options.last nothing follows in this file any more: what is left is an entry too
 * @param options.full the piece is as long as pieces may be: an entry that does not end in it is passed over
 */
export function readChunk(
  bytes: Uint8Array,
  format: LogFormat,
  settings: LogSettings,
  options: { skipping: Skipping; last: boolean; full: boolean },
): LogChunk {
  const chunk: LogChunk = {
    entries: [],
    used: 0,
    skipping: options.skipping,
    unreadable: 0,
    oversized: 0,
  };
  const clock = logClock(settings.timezone);
  const text = (from: number, to: number) => decodeLog(bytes.subarray(from, to), settings.encoding);
  if (format === 'stderr') readStderr(bytes, settings, options, chunk, text, clock);
  else {
    const quoted = format === 'csvlog';
    const read = quoted ? readCsvRecord : readJsonLine;
    let from = skipTo(bytes, quoted, chunk, text);
    for (const end of recordEnds(bytes, from, quoted)) {
      const entry = read(text(from, end), clock);
      if (entry === null && end > from) chunk.unreadable += 1;
      if (entry !== null) chunk.entries.push(entry);
      from = end + 1;
    }
    finish(bytes, from, quoted, options, chunk, () => read(text(from, bytes.length), clock));
  }
  return chunk;
}

type Text = (from: number, to: number) => string;

/** Where whole entries begin; leaves `skipping` as it is when they do not begin in this piece. */
function skipTo(bytes: Uint8Array, quoted: boolean, chunk: LogChunk, text: Text): number {
  if (chunk.skipping === 'no') return 0;
  if (chunk.skipping === 'resync') {
    // Somewhere inside a record: one of csvlog may have lines of its own, so a time must follow.
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) {
      const starts = !quoted || /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text(at + 1, at + 40));
      if (!starts && at + 40 < bytes.length) continue;
      if (!starts) return bytes.length;
      chunk.skipping = 'no';
      return at + 1;
    }
    return bytes.length;
  }
  let inside = chunk.skipping === 'quoted';
  for (let at = 0; at < bytes.length; at++) {
    if (quoted && bytes[at] === quote) inside = !inside;
    else if (bytes[at] === newline && !inside) {
      chunk.skipping = 'no';
      return at + 1;
    }
  }
  chunk.skipping = inside ? 'quoted' : 'line';
  return bytes.length;
}

/** Ends of the records that are whole: newlines that are not inside quotes. */
function* recordEnds(bytes: Uint8Array, from: number, quoted: boolean): Generator<number> {
  if (!quoted) {
    for (let at = bytes.indexOf(newline, from); at !== -1; at = bytes.indexOf(newline, at + 1))
      yield at;
    return;
  }
  let inside = false;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === quote) inside = !inside;
    else if (bytes[at] === newline && !inside) yield at;
  }
}

function finish(
  bytes: Uint8Array,
  from: number,
  quoted: boolean,
  options: { last: boolean; full: boolean },
  chunk: LogChunk,
  read: () => LogEntry | null,
) {
  chunk.used = Math.min(from, bytes.length);
  if (from >= bytes.length) return;
  if (options.last) {
    const entry = read();
    if (entry === null) chunk.unreadable += 1;
    else chunk.entries.push(entry);
    chunk.used = bytes.length;
  } else if (from === 0 && options.full) {
    chunk.oversized += 1;
    chunk.used = bytes.length;
    let quotes = 0;
    if (quoted) for (const byte of bytes) if (byte === quote) quotes += 1;
    chunk.skipping = quotes % 2 === 1 ? 'quoted' : 'line';
  }
}

/** Lines that begin with a tab continue the message before; DETAIL and STATEMENT continue the entry. */
function readStderr(
  bytes: Uint8Array,
  settings: LogSettings,
  options: { last: boolean; full: boolean },
  chunk: LogChunk,
  text: Text,
  clock: (text: string) => number | null,
) {
  const reader = stderrReader(settings.prefix, clock);
  let from = 0;
  if (chunk.skipping !== 'no') {
    let at = bytes.indexOf(newline);
    while (at !== -1 && bytes[at + 1] === tab) at = bytes.indexOf(newline, at + 1);
    if ((at === -1 || at + 1 === bytes.length) && !options.last) {
      // A newline at the very end: what follows tells whether the message ends with it.
      chunk.used = at === -1 ? bytes.length : at;
      chunk.skipping = 'line';
      return;
    }
    chunk.skipping = 'no';
    from = at === -1 ? bytes.length : at + 1;
  }
  const begin = from;
  /** Where the entry that may still be continued began. */
  let openFrom = from;
  const message = (end: number) => {
    const record = text(from, end);
    const word = reader.wordOf(record);
    if (word !== null && reader.beginsEntry(word)) openFrom = from;
    reader.read(record);
    from = end + 1;
  };
  for (let at = bytes.indexOf(newline, from); at !== -1; at = bytes.indexOf(newline, at + 1))
    if (bytes[at + 1] !== tab && (at + 1 < bytes.length || options.last)) message(at);
  if (options.last && from < bytes.length) message(bytes.length);
  chunk.entries = reader.take(options.last);
  chunk.used = options.last ? bytes.length : openFrom;
  if (!options.last && openFrom === begin && begin === 0 && options.full) {
    chunk.oversized += 1;
    chunk.used = bytes.at(-1) === newline ? bytes.length - 1 : bytes.length;
    chunk.skipping = 'line';
  }
  chunk.unreadable = reader.unreadable;
}
