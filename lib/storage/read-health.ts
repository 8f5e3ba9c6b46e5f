import type { z } from 'zod';
import type { healthBody } from '@/lib/contract';
import packageJson from '@/package.json';
import type { Db } from './partitions';

/** A collector that was not heard of for this long is not running. */
const silentMs = 20_000;

/** Whether the product works: `degraded` when nothing polls, `down` when the store does not answer. Never throws. */
export async function readHealth(db: Db): Promise<z.infer<typeof healthBody>> {
  const version = packageJson.version;
  try {
    const { rows } = await db.query<{ id: string; last_seen: Date }>(
      `select id, last_seen from collector where last_seen > now() - interval '1 hour' order by id`,
    );
    const collectors = rows.map((row) => ({ id: row.id, last_seen_ms: row.last_seen.getTime() }));
    const alive = collectors.some((one) => Date.now() - one.last_seen_ms < silentMs);
    return { status: alive ? 'ok' : 'degraded', version, store: 'ok', collectors };
  } catch {
    return { status: 'down', version, store: 'down', collectors: [] };
  }
}
