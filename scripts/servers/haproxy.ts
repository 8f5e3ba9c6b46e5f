/** Debian's HAProxy, fetched and unpacked without root. For tests. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { lastLine, libraryFolder, unpackDebian } from './debian-packages';

const run = promisify(execFile);
const root = path.resolve('.cache/servers/haproxy-2.6');

/** Why it cannot run here, or null: the reason of a skipped test. */
export async function whyNoHaproxy(): Promise<string | null> {
  return program().then(
    () => null,
    (error: Error) => `Debian's HAProxy: ${error.message}`,
  );
}

/** Starts it with a configuration, in the foreground. @throws with its own last line when it does not take it */
export async function startHaproxy(
  configuration: string,
  given: Record<string, string>,
): Promise<{ output(): string; stop(): Promise<void> }> {
  const [first = '', ...rest] = await program();
  const env = { ...process.env, ...given };
  const folder = await mkdtemp(path.join(tmpdir(), 'yagura-haproxy-'));
  const file = path.join(folder, 'haproxy.cfg');
  await writeFile(file, configuration);
  await run(first, [...rest, '-c', '-f', file], { env }).catch((error: Error) => {
    throw new Error(`HAProxy refuses the configuration: ${error.message}`);
  });
  // Without a master process: it ends with the signal that it gets.
  const child = spawn(first, [...rest, '-db', '-f', file], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      output = (output + part).slice(-20_000);
    });
  const ended = once(child, 'exit');
  return {
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The loader of the packages' own C library, and what it starts: the machine's may be another. */
async function program(): Promise<string[]> {
  found ??= find();
  return found;
}
let found: Promise<string[]> | null = null;

async function find() {
  await unpackDebian(root, { suite: 'bookworm', packages: ['haproxy'], withDependencies: true });
  const triplet = await libraryFolder(root);
  const folders = [`usr/lib/${triplet}`, `lib/${triplet}`].map((folder) => path.join(root, folder));
  const command = [
    ...[path.join(folders[1] ?? '', 'ld-linux-x86-64.so.2'), '--library-path', folders.join(':')],
    path.join(root, 'usr/sbin/haproxy'),
  ];
  const [first = '', ...rest] = command;
  await run(first, [...rest, '-v']).catch((error: Error) => {
    throw new Error(`it does not run here (${lastLine(error.message)})`);
  });
  return command;
}
