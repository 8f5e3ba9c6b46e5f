/** A server process that ends when its parent ends, however that happens. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

/**
 * The shell ends the server when its standard input closes, which the kernel sees to also when we are killed. A session
 * of its own keeps Ctrl-C of the terminal away: stopping in order is ours to do.
 */
const guard = (signal: 'INT' | 'TERM') => `exec 3<&0; "$@" & server=$!
( read -r line <&3; kill -${signal} $server ) & watch=$!
wait $server; code=$?; kill $watch 2>/dev/null; exit $code`;

export type GuardedServer = {
  child: ChildProcess;
  ended: Promise<void>;
  /** What it last wrote to its standard error, at most 20 lines. */
  lastLines: string[];
};

/** Starts a program; closing the child's standard input stops it with `signal` (the one of a clean, quick stop). */
export function launchGuarded(
  command: string[],
  signal: 'INT' | 'TERM',
  options: SpawnOptions,
): GuardedServer {
  const child = spawn('/bin/sh', ['-c', guard(signal), 'yagura-server', ...command], {
    ...options,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin?.on('error', () => {});
  const lastLines: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => {
    lastLines.push(...chunk.toString().split('\n').filter(Boolean));
    lastLines.splice(0, Math.max(0, lastLines.length - 20));
  });
  return {
    child,
    ended: new Promise((resolve) => child.once('close', () => resolve())),
    lastLines,
  };
}
