/** Gives a PostgreSQL a part of the time only, as a machine does that is taken by others. For tests. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPostgres } from './embedded';

const roundMs = 100;

/**
 * Halts the server's processes for most of each tenth of a second, until stopped.
 * @param share of the time that is left to them
 */
export function starve(server: RunningPostgres, share: number): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const signal = (pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of pids)
      try {
        process.kill(pid, name);
      } catch {
        // It has ended since it was listed.
      }
  };
  const running = (async () => {
    const postmaster = await server.pid();
    while (!stopping.signal.aborted) {
      const list = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
      const pids = list.split(' ').filter(Boolean).map(Number);
      signal(pids, 'SIGSTOP');
      await sleep(roundMs * (1 - share));
      signal(pids, 'SIGCONT');
      await sleep(roundMs * share);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
