/** What must be there before TypeScript can run: dependencies, the database client, the built pages. Plain Node. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const say = (line) => console.log(`yagura: ${line}`);

/** @param {{development: boolean, build: boolean}} what */
export async function prepare({ development, build }) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 9))
    throw new Error(`Node.js 20.9 or newer is needed, this is ${process.versions.node}.`);
  requireWritable('.');
  install(development);
  generate();
  if (build) buildPages();
}

function requireWritable(folder) {
  const probe = path.join(folder, `.yagura-write-${process.pid}`);
  try {
    mkdirSync(probe);
    // rmdir through Node, so that nothing else is touched.
    execFileSync(process.execPath, [
      '-e',
      `require('node:fs').rmdirSync(${JSON.stringify(probe)})`,
    ]);
  } catch {
    throw new Error(
      `The folder ${path.resolve(folder)} cannot be written: Yagura installs and builds there.`,
    );
  }
}

function stampOf(name) {
  const file = path.join('node_modules', '.yagura', name);
  return {
    is: (value) => existsSync(file) && readFileSync(file, 'utf8') === value,
    set: (value) => {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, value);
    },
  };
}

/** Installs when the lock file changed. A tree that has the development packages keeps them. */
function install(development) {
  const lock = hashOf(['package.json', 'package-lock.json']);
  const all = stampOf('installed-all');
  const some = stampOf('installed');
  if (all.is(lock) || (!development && some.is(lock))) return;
  say('installing dependencies …');
  const kept = development || existsSync('node_modules/vitest');
  // Not "npm ci": it refuses a lock file that leaves out packages of other platforms which a mirror does not carry.
  run(
    'npm',
    [
      'install',
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      // Said outright: npm leaves them out by itself when NODE_ENV is production.
      kept ? '--include=dev' : '--omit=dev',
    ],
    {
      failure: 'The dependencies could not be installed. Is the package registry reachable?',
      env: { npm_config_engine_strict: 'false' },
    },
  );
  (kept ? all : some).set(lock);
}

/** Prisma would fetch a native engine that generating does not use; any existing program keeps it from trying. */
function generate() {
  const wanted = hashOf(['prisma/schema.prisma', 'package-lock.json']);
  const stamp = stampOf('generated');
  if (stamp.is(wanted) && existsSync('prisma/generated/client.ts')) return;
  run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
    failure: 'The database client could not be generated.',
    env: {
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  stamp.set(wanted);
}

function buildPages() {
  const wanted = hashOf([
    ...filesIn('app'),
    ...filesIn('components'),
    ...filesIn('lib'),
    ...filesIn('collectors'),
    ...filesIn('prisma').filter((file) => !file.startsWith('prisma/generated')),
    'next.config.js',
    'package-lock.json',
    'postcss.config.mjs',
    'tsconfig.json',
    ...['proxy.ts'].filter((file) => existsSync(file)),
  ]);
  const stamp = stampOf('built');
  if (stamp.is(wanted) && existsSync('.next/BUILD_ID')) return;
  say('building the pages …');
  run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    failure: 'The pages could not be built.',
    env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
  });
  stamp.set(wanted);
}

function run(command, args, { failure, env = {} }) {
  const done = spawnSync(command, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (done.status === 0) return;
  const tail = `${done.stdout ?? ''}\n${done.stderr ?? ''}`
    .trim()
    .split('\n')
    .slice(-40)
    .join('\n');
  throw new Error(`${failure}\n${tail}`);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(`${file}\0${statSync(file).size}\0`).update(readFileSync(file));
  return hash.digest('hex');
}
