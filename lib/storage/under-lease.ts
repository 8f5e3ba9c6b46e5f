import type { Pool, PoolClient } from 'pg';
import { type LeaseFence, refusedLeases } from './append-readings';
import { forgetPartitions } from './partitions';

/**
 * Writes in one transaction, while the lease is ours.
 * @param work gives false when nothing is to be written after all
 * @param late it was read a while ago, when the lease was held: who holds it now does not matter
 * @returns false when nothing was written
 */
export async function underLease(
  db: Pool,
  lease: LeaseFence,
  work: (client: PoolClient) => Promise<unknown>,
  { late = false }: { late?: boolean } = {},
): Promise<boolean> {
  const client = await db.connect();
  let broken = false;
  const undo = async () => {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    forgetPartitions(db); // What the lost transaction made is gone.
  };
  try {
    await client.query('begin');
    const [refused] = await refusedLeases(client, [lease], late);
    const done = !refused && (await work(client)) !== false;
    await (done ? client.query('commit') : undo());
    return done;
  } catch (error) {
    await undo();
    throw error;
  } finally {
    client.release(broken);
  }
}
