/** Makes the standby fall behind for a while, as a replica does under a long report or a slow disk. */
import type { Client } from 'pg';
import { wait } from './rhythm';

const everyMs = 5 * 60_000;
const stallMs = 25_000;

/** Pauses replay on the standby for 25 s every 5 minutes; the pause ends also when the demo stops. */
export async function stallStandby(
  connect: () => Promise<Client>,
  stop: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  while (!(await wait(everyMs, stop))) {
    let standby: Client | null = null;
    try {
      standby = await connect();
      await standby.query('select pg_wal_replay_pause()');
      await wait(stallMs, stop);
      await standby.query('select pg_wal_replay_resume()');
    } catch (error) {
      log(`standby: ${(error as Error).message}`);
    } finally {
      await standby?.end().catch(() => {});
    }
  }
}
