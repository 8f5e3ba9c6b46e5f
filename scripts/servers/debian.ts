/** Debian's PostgreSQL 15 with pgbench: the machine's own, else fetched and unpacked without root. For tests. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, exists } from './binaries';
import { lastLine, libraryFolder, unpackDebian } from './debian-packages';
import { type PostgresOptions, type RunningPostgres, startPostgres } from './embedded';

const run = promisify(execFile);
const installed = '/usr/lib/postgresql/15/bin';
const hypopg = '/usr/lib/postgresql/15/lib/hypopg.so';

/** The server, and the libraries a small machine may lack. Not LLVM: JIT then simply stays off. */
const packages = [
  ...[
    'postgresql-15',
    'postgresql-client-15',
    'postgresql-15-hypopg',
    'libpq5',
    'libicu72',
    'libxml2',
    'libssl3',
  ],
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
  if ((await exists(path.join(installed, 'postgres'))) && (await exists(hypopg)))
    return { root: path.dirname(installed), bin: installed, env: {} };
  const root = path.resolve('.cache/servers/debian-15-hypopg'); // Another list of packages is another folder.
  await unpackDebian(root, { suite: 'bookworm', packages });
  const triplet = await libraryFolder(root);
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
