#!/usr/bin/env node
/** npm start on a bare clone: brings the installation up to date with plain Node, then hands over to scripts/launch.ts. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { prepare, say } from './prepare.mjs';

process.chdir(new URL('..', import.meta.url).pathname);
const development = process.argv.includes('--dev');
try {
  await prepare({ development, build: !development });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

const child = spawn(
  process.execPath,
  ['--import', 'tsx', 'scripts/launch.ts', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
// Ctrl-C reaches the child by itself; a signal sent to us alone is passed on.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) =>
  process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0)),
);
