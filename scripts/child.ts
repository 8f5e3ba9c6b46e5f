import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export type Child = { name: string; pid(): number | undefined; stop(): Promise<void> };

/**
 * Keeps a process running: one that ends with an error, or is killed, is started again after 0.5 s, later up to 15 s.
 * The IPC channel tells it when we are gone.
 */
export function keepRunning(options: {
  name: string;
  args: string[];
  env: Record<string, string | undefined>;
  /** Ending with code 0 means that its work is done. */
  mayFinish?: boolean;
  log(line: string): void;
}): Child {
  let child: ChildProcess | null = null;
  let stopping = false;
  let failures = 0;

  const start = () => {
    const startedAt = Date.now();
    child = spawn(process.execPath, options.args, {
      env: options.env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A group of its own: Ctrl-C reaches us alone, and we stop the parts in order.
      detached: true,
    });
    child.on('error', (error) => options.log(`${options.name}: ${error.message}`));
    child.on('exit', async (code, signal) => {
      child = null;
      if (stopping || (code === 0 && options.mayFinish)) return;
      // Killed from outside, or long alive: no fault of its own that would repeat at once.
      if (signal === 'SIGKILL' || Date.now() - startedAt > 30_000) failures = 0;
      const waitMs = Math.min(15_000, 500 * 2 ** failures++);
      options.log(`${options.name} ended (${signal ?? `code ${code}`}); starting it again`);
      await sleep(waitMs);
      if (!stopping) start();
    });
  };
  start();

  return {
    name: options.name,
    pid: () => child?.pid,
    async stop() {
      stopping = true;
      const running = child;
      if (!running || running.exitCode !== null) return;
      const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      running.kill('SIGTERM');
      const timer = setTimeout(() => running.kill('SIGKILL'), 12_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
