import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

/** Class of the store's advisory locks that stand for instances being asked for a plan. */
const explainLock = 7_274_620;
const lookMs = 100;

/**
 * Runs work that only one process at a time may do for an instance; several collectors share a store.
 * @returns null when it was not our turn within the patience
 */
export async function inTurn<T>(
  db: Pool,
  instanceId: number,
  patienceMs: number,
  work: () => Promise<T>,
): Promise<T | null> {
  const client = await db.connect();
  let broken = true;
  try {
    const key = [explainLock, instanceId];
    const take = async () =>
      (
        await client.query<{ mine: boolean }>(
          'select pg_try_advisory_lock($1::int, $2::int) as mine',
          key,
        )
      ).rows[0]?.mine === true;
    let mine = await take();
    for (const until = Date.now() + patienceMs; !mine && Date.now() < until; mine = await take())
      await sleep(lookMs);
    if (!mine) {
      broken = false;
      return null;
    }
    try {
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock($1::int, $2::int)', key);
      broken = false;
    }
  } finally {
    // A lost connection has given the lock back; it must not go into the pool again.
    client.release(broken);
  }
}
