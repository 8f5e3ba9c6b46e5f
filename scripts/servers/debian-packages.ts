/** Programs of Debian's packages, fetched and unpacked without root into a folder of our own. For tests. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { exists } from './binaries';

const run = promisify(execFile);

export type DebianPackages = {
  suite: 'bookworm' | 'sid';
  packages: string[];
  /** True: also everything they depend on, their own C library and loader too. */
  withDependencies?: boolean;
};

/**
 * Fetches through the machine's own mirror and Debian's own keys, with lists and cache of our own, so that nothing of
 * the machine changes. A folder that is there already is left as it is. @throws one sentence with the reason
 */
export async function unpackDebian(root: string, wanted: DebianPackages): Promise<void> {
  if (await exists(root)) return;
  if (process.platform !== 'linux') throw new Error(`there is none for ${process.platform}`);
  const work = `${root}.${process.pid}`;
  try {
    for (const folder of ['lists/partial', 'archives/partial', 'root'])
      await mkdir(path.join(work, folder), { recursive: true });
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
    if (!(await exists(keys))) throw new Error(`it is not installed, and ${keys} is not there`);
    await writeFile(path.join(work, 'status'), '');
    await writeFile(
      path.join(work, 'sources.list'),
      `deb [signed-by=${keys}] ${await mirror()} ${wanted.suite} main\n`,
    );
    const options = [
      `Dir::Etc::SourceList=${work}/sources.list`,
      'Dir::Etc::SourceParts=/dev/null',
      `Dir::State::Lists=${work}/lists`,
      `Dir::State::status=${work}/status`,
      `Dir::Cache=${work}`,
      'APT::Sandbox::User=',
      'APT::Install-Recommends=false',
      'Acquire::Languages=none',
    ].flatMap((option) => ['-o', option]);
    const apt = (...args: string[]) =>
      run('apt-get', ['-q', ...options, ...args], { cwd: path.join(work, 'archives') });
    await apt('update');
    if (wanted.withDependencies)
      await apt('install', '--yes', '--download-only', ...wanted.packages);
    else await apt('download', ...wanted.packages);
    for (const file of await readdir(path.join(work, 'archives')))
      if (file.endsWith('.deb'))
        await run('dpkg', ['-x', path.join(work, 'archives', file), path.join(work, 'root')]);
    await rename(path.join(work, 'root'), root).catch(() => {}); // Another process was first.
  } catch (error) {
    throw new Error(`it could not be fetched (${lastLine((error as Error).message)})`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The mirror that the machine itself uses; Debian's usual one when it names none. */
async function mirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = (await readdir(folder).catch(() => [])).map((name) => path.join(folder, name));
  for (const file of ['/etc/apt/sources.list', ...files]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const at = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?:\S+\/debian\/?)(?:\s|$)/m.exec(text);
    if (at?.[1]) return at[1];
  }
  return 'http://deb.debian.org/debian';
}

/** The libraries' folder of an unpacked root, e.g. `x86_64-linux-gnu`. */
export async function libraryFolder(root: string): Promise<string> {
  const found = (await readdir(path.join(root, 'usr/lib'))).find((name) =>
    name.endsWith('-linux-gnu'),
  );
  if (!found) throw new Error(`${root} has no libraries`);
  return found;
}

export const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
