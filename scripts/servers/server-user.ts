import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readlink,
  rename,
  stat,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, exists } from './binaries';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. Undefined when we are an ordinary user, who runs it himself. */
export type ServerUser = { uid: number; gid: number } | undefined;

/** As root: the system's user `postgres`, made when it is missing. */
export async function serverUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
    return { uid: await id('-u'), gid: await id('-g') };
  }
}

/** True when every folder above lets others pass, so that the server's user gets there. */
async function reachable(folder: string): Promise<boolean> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const mode = await stat(at).then(
      (found) => found.mode,
      () => 0o755,
    );
    if ((mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Where things go that the server's user must reach when the project's own folder is closed to it. */
const shelter = '/var/lib/yagura';

/**
 * A data folder the server's user can use. When it is not reachable (a clone under /root, or in a private temporary
 * folder), the data is kept under /var/lib/yagura and a symlink stands in its place: nobody's permissions are widened.
 */
export async function shelterData(dataDir: string, user: ServerUser): Promise<string> {
  const parent = path.dirname(dataDir);
  await mkdir(parent, { recursive: true });
  if (!user || (await reachable(parent))) return dataDir;
  const linked = await readlink(dataDir).catch(() => null);
  if (linked !== null) return linked;
  await mkdir(shelter, { recursive: true, mode: 0o755 });
  // A new name each time: what a deleted clone left behind is never taken for this one's.
  const place = await mkdtemp(path.join(shelter, `${path.basename(dataDir)}-`));
  await chmod(place, 0o755); // The data folder in it is private.
  const target = path.join(place, path.basename(dataDir));
  if (await exists(dataDir)) await rename(dataDir, target);
  await symlink(target, dataDir);
  return target;
}

/** Programs the server's user can run: copied once per version when the project's folder is closed to it. */
export async function shelterBinaries(binaries: Binaries, user: ServerUser): Promise<Binaries> {
  if (!user || (await reachable(binaries.bin))) return binaries;
  const info = await stat(path.join(binaries.bin, 'postgres'));
  const root = path.join(shelter, `programs-${shortHash(`${info.size} ${info.mtimeMs}`)}`);
  const bin = path.join(root, path.relative(binaries.root, binaries.bin));
  if (!(await exists(path.join(bin, 'postgres')))) {
    const fresh = `${root}.${process.pid}`;
    await mkdir(shelter, { recursive: true, mode: 0o755 });
    await cp(binaries.root, fresh, { recursive: true, verbatimSymlinks: true });
    await rename(fresh, root).catch(() => {}); // Another process was first.
  }
  const env = Object.entries(binaries.env).map(([name, value]) => [
    name,
    value.replaceAll(binaries.root, root),
  ]);
  return { root, bin, env: Object.fromEntries(env) };
}

export async function own(file: string, user: ServerUser): Promise<void> {
  if (user) await chown(file, user.uid, user.gid);
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
