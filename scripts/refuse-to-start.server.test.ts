/** What cannot work is said in one clear sentence, with a non-zero exit and nothing left running. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launched, processesOf } from './launched';
import { freePort, type RunningPostgres, startPostgres } from './servers/embedded';

const launcher = [process.execPath, '--import', 'tsx', 'scripts/launch.ts'];
let folder: string;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'yagura-refuse-'));
  port = await freePort();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @returns what was printed, after checking that it is one sentence and an end in failure */
async function refusal(args: string[], env: Record<string, string> = {}): Promise<string> {
  const given = ['--port', String(port), '--data-dir', path.join(folder, 'data'), ...args];
  const run = launched([...launcher, ...given], env);
  expect(await run.ended).toBe(1);
  const lines = run.output().trim().split('\n');
  expect(lines, run.output()).toHaveLength(1);
  expect(await processesOf(folder)).toEqual([]);
  return lines[0] ?? '';
}

test.each([
  [['--port', '0'], {}, /--port must be a port from 1 to 65535, not "0"/],
  [['--port', '65536'], {}, /--port must be a port/],
  [['--port', '5432 '], {}, /--port must be a port/],
  [['--role', 'king'], {}, /--role must be web, collector or all, not "king"/],
  [['--role', 'web'], {}, /--role web needs DATABASE_URL/],
  [['--colour', 'red'], {}, /--colour is not a flag/],
  [['--host'], {}, /--host needs a value/],
  [[], { YAGURA_DEMO: 'perhaps' }, /YAGURA_DEMO must be on or off/],
  [[], { YAGURA_SECRET_KEY: 'short' }, /YAGURA_SECRET_KEY is too short/],
  [[], { DATABASE_URL: 'mysql://x' }, /DATABASE_URL must begin with postgres/],
  [[], { DATABASE_URL: 'postgres://u:hidden-word@127.0.0.1:1/x' }, /nothing answers there/],
  [['--data-dir', '/dev/null/data'], {}, /is not a folder/],
  [['--data-dir', '/proc/yagura'], {}, /cannot be written/],
] satisfies [string[], Record<string, string>, RegExp][])('%j %j', async (args, env, sentence) => {
  const said = await refusal(args, env as Record<string, string>);
  expect(said).toMatch(sentence);
  expect(said).not.toContain('hidden-word');
});

test('a port in use is named', async () => {
  const taken = createServer().listen(port, '127.0.0.1');
  try {
    expect(await refusal([])).toMatch(`Port ${port} on 127.0.0.1 is in use`);
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
});

test.skipIf(process.getuid?.() === 0)(
  'a folder that may not be written is named (root may write everywhere)',
  async () => {
    expect(await refusal(['--data-dir', '/usr/yagura'])).toMatch(/cannot be written \(EACCES\)/);
  },
);

test('a store older than PostgreSQL 14, and a wrong password, are told', async () => {
  await withServer(13, async (old) => {
    expect(await refusal([], { DATABASE_URL: old.url() })).toMatch(/PostgreSQL 14 or newer/);
    const wrong = old.url('postgres', 'postgres', 'wrong-word');
    const said = await refusal([], { DATABASE_URL: wrong });
    expect(said).toMatch(/the password is wrong/);
    expect(said).not.toContain('wrong-word');
  });
});

test('another root key than the store was set up with is refused; the own one is kept with mode 600', async () => {
  await withServer(18, async (store) => {
    const args = ['--role', 'collector', '--data-dir', path.join(folder, 'first')];
    const first = launched([...launcher, ...args], { DATABASE_URL: store.url() });
    await first.saw('collecting');
    const key = await stat(path.join(folder, 'first', 'secret.key'));
    expect(key.mode & 0o777).toBe(0o600);
    const second = launched([...launcher, ...args], { DATABASE_URL: store.url() });
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(`in use by another run (process ${first.pid})`);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    // A lock that a crash left behind, of a process number that is somebody else's now, stops nobody.
    await writeFile(
      path.join(folder, 'first', 'yagura.lock'),
      JSON.stringify({ pid: process.pid, born: '1' }),
    );
    const other = { DATABASE_URL: store.url(), YAGURA_SECRET_KEY: randomBytes(32).toString('hex') };
    expect(await refusal(args, other)).toMatch(/YAGURA_SECRET_KEY is not the key/);
  });
});

async function withServer(version: 13 | 18, work: (server: RunningPostgres) => Promise<void>) {
  const server = await startPostgres({ version });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}
