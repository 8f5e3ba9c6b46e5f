/** The server's log from where it was read last: a piece at each poll, over files that end and begin. */
import { Failure } from '@/collectors/run/failure';
import type { LogMemory, LogReader, LogReading } from '@/collectors/run/log-reading';
import type { LogEntry } from '@/lib/log/log-entry';
import { readChunk } from '@/lib/log/read-chunk';
import type { LogPosition } from '@/lib/storage/logged-content';
import type { Session } from '../session/session';
import { type LogFile, listFiles, type Piece, readPiece } from './log-files';
import { type KnownAccess, type LogSource, probeLog } from './log-source';
import { createSummary } from './sum-entries';

/** Most bytes of one poll. */
const pieceBytes = 1024 * 1024;
/** Further behind than this, the oldest is passed over: what is shown should be of now. */
const mostBehindBytes = 64 * pieceBytes;
/** What is read after that. */
const afterSkipBytes = pieceBytes;
const mostFiles = 4;

export function createLogReader(session: Session, memory: LogMemory): LogReader {
  /** Bytes at the end of the file that were no whole entry, by which it is known that nothing follows them. */
  let held = { file: '', offset: -1, length: -1 };
  const summary = createSummary();
  const known: KnownAccess = { access: null };

  return {
    async read(server, skewMs, timeoutMs) {
      if (memory.unsettled !== null) return null;
      const deadline = performance.now() + timeoutMs;
      const left = () => {
        const ms = deadline - performance.now();
        if (ms < 100) throw new Failure('timeout', 'read the server log: no time was left');
        return ms;
      };
      const source = await probeLog(session, server, known, left());
      const now = Date.now();
      const before = memory.position;
      // A right that was taken away is looked for again.
      known.access = null;
      const begun = await begin(source, before, { now, skewMs }, left);
      const entries: LogEntry[] = [];
      const counted = { bytes: 0, unreadable: 0, oversized: 0 };
      let { position } = begun;
      let caughtUp = false;
      for (let files = 0; files < mostFiles && counted.bytes < pieceBytes; files++) {
        const { file, offset, format } = position;
        const length = pieceBytes - counted.bytes;
        const piece =
          files === 0 && begun.piece
            ? begun.piece
            : await readPiece(session, source.access, { file, offset, length }, left());
        if (piece === null) break;
        const { bytes } = piece;
        const atEnd = bytes.length < length;
        const over = atEnd && file !== source.current;
        const still = held.file === file && held.offset === offset && held.length === bytes.length;
        held = { file, offset, length: bytes.length };
        const chunk = readChunk(bytes, format, source.settings, {
          skipping: position.skipping,
          last: over || (atEnd && still),
          full: !atEnd && bytes.length === pieceBytes,
        });
        entries.push(...chunk.entries);
        counted.bytes += chunk.used;
        counted.unreadable += chunk.unreadable;
        counted.oversized += chunk.oversized;
        // Quotes that are counted from the wrong place make nothing but nonsense.
        const lost = format === 'csvlog' && chunk.unreadable > 0 && chunk.entries.length === 0;
        position = {
          ...position,
          offset: offset + chunk.used,
          skipping: lost ? 'resync' : chunk.skipping,
          head: piece.head || position.head,
        };
        if (!over) {
          caughtUp = atEnd;
          break;
        }
        const next = following(await listFiles(session, format, source.current, left()), file);
        if (next === null) break;
        position = { ...position, file: next.name, offset: 0, skipping: 'no', head: '' };
      }
      known.access = source.access;
      const toOurs = (at: number) => at - skewMs;
      const newest = entries.reduce((most, { at }) => Math.max(most, at ?? 0), 0);
      const throughAt = caughtUp
        ? now
        : Math.max(position.throughAt, Math.min(now, newest > 0 ? toOurs(newest) : 0));
      const read = await summary.sum(entries, {
        source,
        fromAt: begun.gap ? null : position.throughAt,
        toAt: throughAt,
        toOurs,
        incomplete: counted.unreadable + counted.oversized > 0 || begun.skipped !== 0,
      });
      const reading: LogReading = {
        ...read,
        before,
        after: { ...position, throughAt },
        summary: {
          ...read.summary,
          entries: entries.length,
          read_bytes: counted.bytes,
          skipped_bytes: begun.skipped,
          unreadable: counted.unreadable + counted.oversized,
          caught_up: caughtUp ? 1 : 0,
        },
      };
      memory.unsettled = reading;
      return reading;
    },
  };

  type Begun = {
    position: LogPosition;
    /** Of `position`, when it was read already. */
    piece: Piece | null;
    /** What happened since the last reading is not known. */
    gap: boolean;
    /** Bytes passed over; null when nobody knows how many. */
    skipped: number | null;
  };

  async function begin(
    source: LogSource,
    before: LogPosition | null,
    { now, skewMs }: { now: number; skewMs: number },
    left: () => number,
  ): Promise<Begun> {
    const files = () => listFiles(session, source.format, source.current, left());
    const read = (file: string, offset: number, length: number) =>
      readPiece(session, source.access, { file, offset, length }, left());
    const nearEnd = async (list: LogFile[], back: number): Promise<LogPosition> => {
      const size = list.find(({ name }) => name === source.current)?.size ?? 0;
      const offset = Math.max(0, size - back);
      // One byte before: a newline there says that an entry begins here.
      const seen = offset === 0 ? null : await read(source.current, offset - 1, 1);
      const skipping = offset === 0 || seen?.bytes[0] === 0x0a ? 'no' : 'resync';
      const { format, current: file } = source;
      return { format, file, offset, skipping, head: seen?.head ?? '', throughAt: now };
    };
    // What was logged before the first time is not read: it may be years.
    if (before === null || before.format !== source.format)
      return {
        position: await nearEnd(await files(), 0),
        piece: null,
        gap: true,
        skipped: before === null ? 0 : null,
      };
    const piece = await read(before.file, before.offset, pieceBytes);
    const isCurrent = before.file === source.current;
    const other =
      piece === null || (before.head !== '' && piece.head !== '' && piece.head !== before.head);
    if (!other && isCurrent && piece.bytes.length > 0 && piece.bytes.length < pieceBytes)
      return { position: before, piece, gap: false, skipped: 0 };
    const list = await files();
    const own = list.findIndex(({ name }) => name === before.file);
    if (other || own === -1 || (list[own]?.size ?? 0) < before.offset) {
      // It was removed, or emptied and written anew: on with what was written since.
      const next = list.find(({ modifiedMs }) => modifiedMs >= before.throughAt + skewMs - 2000);
      const position: LogPosition = next
        ? { ...before, file: next.name, offset: 0, skipping: 'no', head: '' }
        : await nearEnd(list, 0);
      return { position, piece: null, gap: true, skipped: null };
    }
    const behind = list
      .slice(own)
      .reduce((sum, { name, size }) => sum + size - (name === before.file ? before.offset : 0), 0);
    if (behind <= mostBehindBytes) return { position: before, piece, gap: false, skipped: 0 };
    const position = await nearEnd(list, afterSkipBytes);
    const rest = (list.at(-1)?.size ?? position.offset) - position.offset;
    return { position, piece: null, gap: true, skipped: behind - rest };
  }
}

function following(files: LogFile[], file: string): LogFile | null {
  const at = files.findIndex(({ name }) => name === file);
  return (at === -1 ? files.at(-1) : files[at + 1]) ?? null;
}
