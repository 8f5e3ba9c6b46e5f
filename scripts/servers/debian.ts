/** Debian's PostgreSQL 15 with pgbench: the machine's own, else fetched and unpacked without root. For tests. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, exists } from './binaries';
import { type PostgresOptions, type RunningPostgres, startPostgres } from './embedded';

const run = promisify(execFile);
const installed = '/usr/lib/postgresql/15/bin';

/** The server, and the libraries a small machine may lack. Not LLVM: JIT then simply stays off. */
const packages = [
  ...['postgresql-15', 'postgresql-client-15', 'libpq5', 'libicu72', 'libxml2', 'libssl3'],
  ...['libldap-2.5-0', 'libsasl2-2', 'libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3'],
  ...['libkrb5support0', 'libkeyutils1', 'liblz4-1', 'libzstd1', 'libsystemd0', 'libcap2'],
  ...['libgcrypt20', 'libgpg-error0', 'liblzma5', 'libreadline8', 'libtinfo6'],
];

/** Starts Debian's server with the options of {@link startPostgres}. @throws one sentence with the reason */
export async function startDebianPostgres(
  options: Omit<PostgresOptions, 'version' | 'binaries'> = {},
): Promise<RunningPostgres> {
  return startPostgres({ ...options, binaries: await debianBinaries() });
}

/** Why Debian's server cannot run here, or null: the reason of a skipped test. */
export async function whyNoDebian(): Promise<string | null> {
  return debianBinaries().then(
    () => null,
    (error: Error) => `Debian's PostgreSQL 15: ${error.message}`,
  );
}

/** Where its programs are (also pgbench and psql). @throws one sentence with the reason */
export function debianBinaries(): Promise<Binaries> {
  found ??= find();
  return found;
}
let found: Promise<Binaries> | null = null;

async function find(): Promise<Binaries> {
  if (await exists(path.join(installed, 'postgres')))
    return { root: path.dirname(installed), bin: installed, env: {} };
  if (process.platform !== 'linux') throw new Error(`there is none for ${process.platform}`);
  const root = path.resolve('.cache/servers/debian-15');
  if (!(await exists(root))) await unpack(root);
  const triplet = (await readdir(path.join(root, 'usr/lib'))).find((name) =>
    name.endsWith('-linux-gnu'),
  );
  const binaries = {
    root,
    bin: path.join(root, installed),
    env: {
      LD_LIBRARY_PATH: [`usr/lib/${triplet}`, `lib/${triplet}`]
        .map((folder) => path.join(root, folder))
        .join(':'),
    },
  };
  const env = { ...process.env, ...binaries.env };
  await run(path.join(binaries.bin, 'postgres'), ['--version'], { env }).catch((error: Error) => {
    throw new Error(`it does not run here (${lastLine(error.message)})`);
  });
  return binaries;
}

/** Fetches through the machine's own mirror and Debian's own keys, with lists and cache of our own. */
async function unpack(root: string): Promise<void> {
  const work = `${root}.${process.pid}`;
  try {
    for (const folder of ['lists/partial', 'archives/partial', 'root'])
      await mkdir(path.join(work, folder), { recursive: true });
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
    if (!(await exists(keys))) throw new Error(`it is not installed, and ${keys} is not there`);
    await writeFile(path.join(work, 'status'), '');
    await writeFile(
      path.join(work, 'sources.list'),
      `deb [signed-by=${keys}] ${await mirror()} bookworm main\n`,
    );
    const options = [
      `Dir::Etc::SourceList=${work}/sources.list`,
      'Dir::Etc::SourceParts=/dev/null',
      `Dir::State::Lists=${work}/lists`,
      `Dir::State::status=${work}/status`,
      `Dir::Cache=${work}`,
      'APT::Sandbox::User=',
      'Acquire::Languages=none',
    ].flatMap((option) => ['-o', option]);
    const apt = (...args: string[]) =>
      run('apt-get', ['-q', ...options, ...args], { cwd: path.join(work, 'archives') });
    await apt('update');
    await apt('download', ...packages);
    for (const file of await readdir(path.join(work, 'archives')))
      if (file.endsWith('.deb'))
        await run('dpkg', ['-x', path.join(work, 'archives', file), path.join(work, 'root')]);
    await rm(path.join(work, 'root/usr/lib/postgresql/15/lib/llvmjit.so'), { force: true });
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

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
