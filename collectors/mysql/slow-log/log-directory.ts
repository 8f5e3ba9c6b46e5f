/**
 * Files of a watched server's slow log that the collector's own host has. The watched server names its file, so it is not
 * believed: only what lies in the folder that whoever runs the collector allows is opened, and nothing but regular files.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@/collectors/run/failure';

/** The environment variable that allows it; see README. */
export const allowedBy = 'YAGURA_LOG_DIRECTORY';

export type LogFile = { name: string; inode: string; size: number; modifiedMs: number };

export type LogFolder = {
  /** Real path of the folder of the log. */
  folder: string;
  /** The name of the file that is written now. */
  current: string;
};

const refused = (why: string, fix: string | null = null) =>
  new Failure('log_unavailable', why, fix);

/**
 * Where the server's file is, with every symbolic link followed, when that is inside the allowed folder.
 * @param file as the server names it, already absolute
 * @throws Failure
 */
export async function locate(allowed: string, file: string): Promise<LogFolder> {
  const root = await realpath(allowed).catch(() => {
    throw refused(
      `${allowedBy} is not a folder that the collector can open`,
      `Set ${allowedBy} to the folder of the server's slow log, on the collector's host.`,
    );
  });
  const real = await realpath(file).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw notReadable(file);
    // Between the renaming of a file and the next one there is none.
    const folder = await realpath(path.dirname(file)).catch(() => null);
    if (error.code === 'ENOENT' && folder !== null) return path.join(folder, path.basename(file));
    throw refused(`the slow log ${file} is not on the collector's host`);
  });
  if (!isBeneath(root, real))
    throw refused(
      `the slow log ${file} lies outside of the folder that ${allowedBy} allows`,
      `Set ${allowedBy} to ${path.dirname(real)} where the collector runs, if it may read all logs there.`,
    );
  return { folder: path.dirname(real), current: path.basename(real) };
}

const isBeneath = (root: string, file: string) =>
  file.startsWith(root.endsWith(path.sep) ? root : root + path.sep);

const notReadable = (file: string) =>
  new Failure(
    'permission_denied',
    `the collector's own user may not read ${file}`,
    'Let the user of the collector read the file: as a member of its group (adm or mysql as a rule).',
  );

const mostNames = 1_000;

/** Regular files of the folder, oldest first; at most 1,000 names are looked at. */
export async function listFiles({ folder }: LogFolder): Promise<LogFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: LogFile[] = [];
  for (const entry of entries.slice(0, mostNames)) {
    if (!entry.isFile()) continue;
    const found = await stat(path.join(folder, entry.name), { bigint: true }).catch(() => null);
    if (found?.isFile())
      files.push({
        ...{ name: entry.name, inode: String(found.ino), size: Number(found.size) },
        modifiedMs: Number(found.mtimeMs),
      });
  }
  return files.sort((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1));
}

/**
 * Opens a file of the folder: never through a link, never a pipe or a device, and what was opened is looked at again,
 * because a name can become another file in between. Null when it is not there.
 * @throws Failure
 */
export async function openLog(
  allowed: string,
  { folder }: LogFolder,
  name: string,
): Promise<{ handle: FileHandle; file: LogFile } | null> {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) return null;
  const file = path.join(folder, name);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    if (error.code === 'EACCES') throw notReadable(file);
    throw refused(`${file} is not a regular file`);
  });
  if (handle === null) return null;
  try {
    const found = await handle.stat({ bigint: true });
    // Where the system tells the path of what is open, that counts; elsewhere the name is followed once more.
    const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(file));
    if (!found.isFile()) throw refused(`${file} is not a regular file`);
    if (!isBeneath(await realpath(allowed), opened))
      throw refused(`${file} lies outside of the folder that ${allowedBy} allows`);
    return {
      handle,
      file: {
        ...{ name, inode: String(found.ino), size: Number(found.size) },
        modifiedMs: Number(found.mtimeMs),
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
