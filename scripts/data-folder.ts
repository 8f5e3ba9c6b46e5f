import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkRootKey } from '@/lib/secret/keys';

/**
 * Makes the folder and claims it for this process.
 * @throws one sentence when it cannot be written or another run has it
 * @returns gives the claim back
 */
export function claimDataFolder(folder: string): () => void {
  const lock = path.join(folder, 'yagura.lock');
  try {
    makeFolder(folder);
    writeFileSync(path.join(folder, '.write'), '');
    rmSync(path.join(folder, '.write'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Error(
      code === 'ENOTDIR' || code === 'EEXIST'
        ? `The data folder ${folder} is not a folder.`
        : `The data folder ${folder} cannot be written (${code}). Choose another with --data-dir.`,
    );
  }
  const mine = JSON.stringify({ pid: process.pid, born: birthOf(process.pid) });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, mine, { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch {
      const holder = readHolder(lock);
      if (holder && birthOf(holder.pid) === holder.born && isAlive(holder.pid))
        throw new Error(
          `The data folder ${folder} is in use by another run (process ${holder.pid}).`,
        );
      rmSync(lock, { force: true });
    }
  }
  throw new Error(`The data folder ${folder} is in use by another run.`);
}

/** As mkdir -p. Node's own recursive form never returns where folders cannot be made at all (/proc). */
function makeFolder(folder: string) {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder);
}

function readHolder(lock: string): { pid: number; born: string } | null {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as { pid: number; born: string };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, so that a number used again is not taken for it; empty where the system does not say. */
function birthOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** The root key: given, kept, or made now (43 random characters, mode 600). */
export function readRootKey(folder: string, given: string | undefined): string {
  if (given) return checkRootKey(given);
  const file = path.join(folder, 'secret.key');
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch {
    // It is there already.
  }
  return checkRootKey(readFileSync(file, 'utf8').trim());
}
