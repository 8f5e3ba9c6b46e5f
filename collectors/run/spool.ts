/** What the store could not take yet, kept on disk: survives kill -9, is replayed when the store is back. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** One unit of work for the store. */
export type Parcel<T> = { instanceId: number; bytes: number; content: T };

export type Spool<T> = {
  /** False when the disk refuses; the parcel is not kept then. */
  append(parcel: Parcel<T>): boolean;
  /** The oldest parcels, at most `most`; the same ones until `done` takes them off. */
  oldest(most: number): Parcel<T>[];
  done(count: number): void;
  readonly bytes: number;
  close(): void;
};

type Segment = { file: string; bytes: number };

/** Records are written in this form; others, of another version of the product, are not understood. */
const form = 1;
const headerBytes = 12;
const segmentBytes = 4 * 1024 * 1024;
const syncMs = 1000;

/**
 * Segments of records `length, checksum, content`. At `limitBytes` the oldest segment is dropped. A record that was
 * cut off or changed ends its segment: what follows cannot be found.
 * @param folder one process at a time; made when it is missing
 * @param onLost parcels that are gone for good, `null` when nobody can tell whose they were
 */
export function openSpool<T>(options: {
  folder: string;
  limitBytes: number;
  onLost(instanceId: number | null, reason: string): void;
  log(message: string): void;
}): Spool<T> {
  const { folder, limitBytes, onLost, log } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let segments: Segment[] = readdirSync(folder)
    .filter((name) => /^\d{12}\.spool$/.test(name))
    .sort()
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, bytes: statSync(file).size }));
  let number = Number(path.basename(segments.at(-1)?.file ?? '0').slice(0, 12));
  let writing: { segment: Segment; fd: number } | null = null;
  let reading: { segment: Segment; parcels: Parcel<T>[]; taken: number } | null = null;
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  let refused = false;

  const syncing = setInterval(() => {
    // A lost second is promised; an error shows at the next write.
    if (writing) fsync(writing.fd, () => undefined);
  }, syncMs);
  syncing.unref();

  const rotate = () => {
    if (writing) closeSync(writing.fd);
    writing = null;
  };
  const remove = (segment: Segment) => {
    segments = segments.filter((one) => one !== segment);
    bytes -= segment.bytes;
    try {
      unlinkSync(segment.file);
    } catch (error) {
      log(`spool: ${(error as Error).message}`);
    }
  };
  /** After a write that failed: what stands half-written goes, and the segment with it when it holds nothing else. */
  const takeBack = () => {
    if (!writing) return;
    const { segment, fd } = writing;
    try {
      ftruncateSync(fd, segment.bytes);
    } catch {
      // A half-written record ends its segment, which is closed now.
    }
    rotate();
    if (segment.bytes === 0) remove(segment);
  };
  const parcelsOf = (segment: Segment): Parcel<T>[] | null => {
    let read: ReturnType<typeof readSegment<T>>;
    try {
      read = readSegment<T>(segment.file);
    } catch (error) {
      // Left where it is: the next start tries again.
      segments = segments.filter((one) => one !== segment);
      bytes -= segment.bytes;
      log(`spool: ${(error as Error).message}`);
      return null;
    }
    const { parcels, damaged } = read;
    if (damaged) {
      log(`spool: ${path.basename(segment.file)}: ${damaged} are unreadable and lost`);
      onLost(null, 'damaged');
    }
    return parcels;
  };
  const dropOldest = () => {
    const segment = segments[0];
    if (!segment) return;
    const rest = reading?.segment === segment ? reading.parcels.slice(reading.taken) : null;
    for (const { instanceId } of rest ?? parcelsOf(segment) ?? []) onLost(instanceId, 'spool full');
    if (reading?.segment === segment) reading = null;
    remove(segment);
  };
  const load = () => {
    while (reading === null) {
      const segment = segments[0];
      if (!segment) return;
      if (writing?.segment === segment) rotate();
      const parcels = parcelsOf(segment);
      if (parcels === null) continue;
      if (parcels.length > 0) reading = { segment, parcels, taken: 0 };
      else remove(segment);
    }
  };

  return {
    append(parcel) {
      const content = serialize([form, parcel]);
      const record = Buffer.concat([header(content), content]);
      try {
        while (bytes + record.length > limitBytes && segments.length > 1) dropOldest();
        if (!writing || writing.segment.bytes >= segmentBytes) {
          rotate();
          const file = path.join(folder, `${String(++number).padStart(12, '0')}.spool`);
          const segment = { file, bytes: 0 };
          writing = { segment, fd: openSync(file, 'wx', 0o600) };
          segments.push(segment);
        }
        let written = 0;
        while (written < record.length)
          written += writeSync(writing.fd, record, written, record.length - written);
        writing.segment.bytes += record.length;
        bytes += record.length;
        refused = false;
        return true;
      } catch (error) {
        takeBack();
        if (!refused) log(`spool: ${(error as Error).message}`);
        refused = true;
        return false;
      }
    },
    oldest(most) {
      load();
      return reading?.parcels.slice(reading.taken, reading.taken + most) ?? [];
    },
    done(count) {
      if (!reading) return;
      reading.taken += count;
      if (reading.taken < reading.parcels.length) return;
      remove(reading.segment);
      reading = null;
    },
    get bytes() {
      return bytes;
    },
    close() {
      clearInterval(syncing);
      rotate();
    },
  };
}

function header(content: Buffer): Buffer {
  const head = Buffer.alloc(headerBytes);
  head.writeUInt32BE(content.length, 0);
  createHash('sha256').update(content).digest().copy(head, 4, 0, 8);
  return head;
}

function readSegment<T>(file: string): { parcels: Parcel<T>[]; damaged: string | null } {
  const data = readFileSync(file);
  const parcels: Parcel<T>[] = [];
  let offset = 0;
  while (offset + headerBytes <= data.length) {
    const end = offset + headerBytes + data.readUInt32BE(offset);
    const content = data.subarray(offset + headerBytes, end);
    if (end > data.length || !header(content).equals(data.subarray(offset, offset + headerBytes)))
      break;
    const [written, parcel] = deserialize(content) as [number, Parcel<T>];
    if (written !== form)
      return { parcels, damaged: `records of another version (form ${written})` };
    parcels.push(parcel);
    offset = end;
  }
  return { parcels, damaged: offset < data.length ? `${data.length - offset} bytes` : null };
}
