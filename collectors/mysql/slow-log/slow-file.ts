/** The slow log's file from where it was read last: a piece at each poll, over files that are renamed or copied and emptied. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Failure } from '@/collectors/run/failure';
import {
  newSlowLogState,
  readSlowLog,
  type SlowEntry,
  type SlowLogState,
} from '@/lib/log/slow-log';
import type { LogPosition } from '@/lib/storage/logged-content';
import { type LogFile, type LogFolder, listFiles, openLog } from './log-directory';

/** Most bytes of one poll. */
const pieceBytes = 1024 * 1024;
/** Further behind than this, the oldest is passed over: what is shown should be of now. */
const mostBehindBytes = 64 * pieceBytes;
const mostFiles = 4;
const headBytes = 512;
/** How far back the schema that entries are in is looked for. */
const lookBackBytes = 256 * 1024;

export type FilePosition = Pick<LogPosition, 'file' | 'offset' | 'skipping' | 'head'>;

export type FileReading = {
  entries: SlowEntry[];
  position: FilePosition;
  /** Read to the end, with nothing left that may be half an entry. */
  caughtUp: boolean;
  /** An entry is there whose end has not been seen. */
  pending: boolean;
  /** Something may have been missed: files that were gone, passed over or not understood. */
  gap: boolean;
};

export type SlowFile = {
  /** @param before null begins at the end: what was logged before the first time may be years. @throws Failure */
  read(folder: LogFolder, before: FilePosition | null): Promise<FileReading>;
};

/** Of one server; remembers what the store does not: the schema that entries are in, and what was at the end before. */
export function createSlowFile(allowed: string): SlowFile {
  let known: { at: string; state: SlowLogState } | null = null;
  let held = '';

  const open = (folder: LogFolder, name: string) => openLog(allowed, folder, name);

  return {
    async read(folder, before) {
      const begun = await begin(folder, before);
      let { position } = begun;
      let { gap } = begun;
      const entries: SlowEntry[] = [];
      let bytes = 0;
      let caughtUp = false;
      let pending = false;
      const state = begun.continues && known?.at === place(position) ? known.state : null;
      let current = state === null ? newSlowLogState() : { ...state };
      if (state === null) current = { at: null, schema: await schemaBefore(folder, position) };
      for (let files = 0; files < mostFiles && bytes < pieceBytes; files++) {
        // Looked at before the file is read to its end: what is written there after that is not the last of it.
        const list = await listFiles(folder);
        const next = following(list, folder, position);
        const opened = await open(folder, position.file);
        if (opened === null) break;
        const { handle, file } = opened;
        let piece: Buffer;
        try {
          piece = await bytesAt(handle, position.offset, pieceBytes - bytes);
          position = { ...position, head: await headOf(handle, file) };
        } finally {
          await handle.close();
        }
        bytes += piece.length;
        const atEnd = piece.length < pieceBytes - (bytes - piece.length);
        const end = `${position.offset + piece.length} ${position.file}`;
        const still = held === end;
        held = end;
        const over = atEnd && next !== null;
        const start = position.skipping === 'no' ? 0 : entryStart(piece);
        const skipped = start ?? Math.max(0, piece.length - longestMark);
        const text = start === null ? '' : piece.subarray(start).toString('latin1');
        const read = readSlowLog(text, current, over || (atEnd && still));
        entries.push(...read.entries.map(decoded));
        gap ||= read.unreadable > 0;
        let used = skipped + read.used;
        let skipping: LogPosition['skipping'] = start === null ? 'resync' : 'no';
        if (!atEnd && used === 0 && piece.length === pieceBytes) {
          // One entry longer than a piece: its beginning says how long it took.
          const cut = readSlowLog(text, current, true);
          entries.push(...cut.entries.map(decoded));
          used = piece.length;
          skipping = 'resync';
        }
        position = { ...position, offset: position.offset + used, skipping };
        if (!over) {
          caughtUp = atEnd;
          pending = start !== null && used < piece.length;
          break;
        }
        position = { file: next.name, offset: 0, skipping: 'no', head: '' };
      }
      known = { at: place(position), state: current };
      return { entries, position, caughtUp: caughtUp && !pending, pending, gap };
    },
  };

  async function begin(
    folder: LogFolder,
    before: FilePosition | null,
  ): Promise<{ position: FilePosition; gap: boolean; continues: boolean }> {
    const list = await listFiles(folder);
    const current = list.find(({ name }) => name === folder.current);
    const nearEnd = (back: number): FilePosition => ({
      file: folder.current,
      offset: Math.max(0, (current?.size ?? 0) - back),
      skipping: (current?.size ?? 0) > back ? 'resync' : 'no',
      head: '',
    });
    if (before === null) {
      // Opened, so that a reason why it cannot be is said at once.
      const opened = await open(folder, folder.current);
      if (opened === null)
        throw new Failure(
          'log_unavailable',
          `the slow log ${folder.current} is not in ${folder.folder} on the collector's host`,
        );
      await opened.handle.close();
      return { position: nearEnd(0), gap: true, continues: false };
    }
    const own = await sameFile(folder, list, before);
    if (own === null) {
      const fresh = current !== undefined && current.size <= mostBehindBytes;
      return { position: nearEnd(fresh ? current.size : pieceBytes), gap: true, continues: false };
    }
    const at = list.findIndex(({ name }) => name === own.name);
    const behind = list
      .slice(at)
      .filter((file) => file.name === own.name || belongs(file, folder))
      .reduce((sum, { size }) => sum + size, -before.offset);
    if (behind > mostBehindBytes)
      return { position: nearEnd(pieceBytes), gap: true, continues: false };
    return { position: { ...before, file: own.name }, gap: false, continues: true };
  }

  /** The file that was read last, under whichever name it or its copy has now. Null when it is gone, or emptied without one. */
  async function sameFile(folder: LogFolder, list: LogFile[], before: FilePosition) {
    if (before.head === '')
      return list.find(({ name, size }) => name === before.file && size >= before.offset) ?? null;
    const [inode, length] = before.head.split('-');
    const candidates = [
      ...list.filter((file) => file.inode === inode),
      ...list.filter((file) => file.inode !== inode && belongs(file, folder)).reverse(),
    ];
    for (const file of candidates.slice(0, 20)) {
      if (file.size < before.offset) continue;
      const opened = await open(folder, file.name);
      if (opened === null) continue;
      try {
        const head = await headOf(opened.handle, opened.file, Number(length));
        const same = file.inode === inode ? head === before.head : isCopy(head, before.head);
        if (same) return file;
      } finally {
        await opened.handle.close();
      }
    }
    return null;
  }

  async function schemaBefore(folder: LogFolder, position: FilePosition) {
    const from = Math.max(0, position.offset - lookBackBytes);
    const opened = await open(folder, position.file);
    if (opened === null) return undefined;
    try {
      const text = await bytesAt(opened.handle, from, position.offset - from);
      const state = newSlowLogState();
      // Text before the first whole entry says nothing.
      const start = from === 0 ? 0 : entryStart(text);
      if (start !== null) readSlowLog(text.subarray(start).toString('latin1'), state, true);
      return state.schema;
    } finally {
      await opened.handle.close();
    }
  }
}

const place = ({ file, offset }: FilePosition) => `${offset} ${file}`;

/** The file after this one; null while the server writes into this one. A file that was only made does not count yet. */
function following(list: LogFile[], folder: LogFolder, { file }: FilePosition): LogFile | null {
  const current = list.find(({ name, size }) => name === folder.current && size > 0);
  if (file === folder.current || current === undefined) return null;
  const at = list.findIndex(({ name }) => name === file);
  const later = list
    .slice(at + 1)
    .filter((one) => one.name !== current.name && belongs(one, folder));
  return later[0] ?? current;
}

/** Named after the log as rotation does: slow.log.1, slow.log-20261124, slow-1.log; not what was compressed. */
function belongs({ name }: LogFile, { current }: LogFolder): boolean {
  const stem = current.replace(/\.[^.]*$/, '');
  return name.startsWith(stem) && !/\.(?:gz|bz2|xz|zst|lz4|Z)$/.test(name);
}

/** `inode-bytes-hash` of a file's first bytes, by which a file is known again; another inode and the same rest is a copy. */
async function headOf(handle: FileHandle, file: LogFile, length = headBytes): Promise<string> {
  const first = await bytesAt(handle, 0, length);
  const hash = createHash('sha256').update(first).digest('hex').slice(0, 16);
  return `${file.inode}-${first.length}-${hash}`;
}

/** With fewer bytes, what each server writes first into every file would make them the same. */
function isCopy(head: string, of: string): boolean {
  const [, length, hash] = head.split('-');
  const [, ownLength, ownHash] = of.split('-');
  return Number(length) === headBytes && length === ownLength && hash === ownHash;
}

async function bytesAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** What an entry begins with may be cut at the end of a piece: so much of it is read again. */
const longestMark = 16;

/** Where the first entry begins; null when none does. */
function entryStart(piece: Buffer): number | null {
  const found = /(?:^|\n)(?=# (?:Time|User@Host): )/.exec(piece.toString('latin1'));
  return found === null ? null : found.index + found[0].length;
}

/** Bytes were parsed one by one, so that positions are bytes; text is what they mean. */
function decoded(entry: SlowEntry): SlowEntry {
  const text = (value: string) => Buffer.from(value, 'latin1').toString('utf8');
  return {
    ...entry,
    user: entry.user === null ? null : text(entry.user),
    schema: entry.schema == null ? entry.schema : text(entry.schema),
    statement: entry.statement === null ? null : text(entry.statement),
  };
}
