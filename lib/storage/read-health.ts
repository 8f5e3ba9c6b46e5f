import type { z } from 'zod';
import type { healthBody } from '@/lib/contract';
import packageJson from '@/package.json';
import type { Db } from './partitions';
import { readEvaluatedAt } from './read-alerts';

/** A collector that was not heard of for this long is not running. */
const silentMs = 20_000;
/** Rules are evaluated each 10 s; a turn may take 5 s, another process may take over. */
const alertsLateMs = 60_000;

/** Whether the product works: `degraded` when nothing polls or the store is not tended, `down` when the store does not answer. Never throws. */
export async function readHealth(db: Db): Promise<z.infer<typeof healthBody>> {
  const version = packageJson.version;
  try {
    const { rows } = await db.query<{ id: string; last_seen: Date }>(
      `select id, last_seen from collector where last_seen > now() - interval '1 hour' order by id`,
    );
    const tending = await db.query<{ since: Date }>(
      `select (value ->> 'since')::timestamptz as since from setting where key = 'tending'`,
    );
    const collectors = rows.map((row) => ({ id: row.id, last_seen_ms: row.last_seen.getTime() }));
    const lastSeen = collectors.reduce((last, one) => Math.max(last, one.last_seen_ms), 0);
    const problems: z.infer<typeof healthBody>['problems'] = [];
    if (Date.now() - lastSeen >= silentMs)
      problems.push({ code: 'no_collector', since_ms: lastSeen || null });
    if (tending.rows[0])
      problems.push({ code: 'store_tending', since_ms: tending.rows[0].since.getTime() });
    // Without a collector nobody evaluates: that is said already. One that has begun just now has its time.
    const evaluatedAt = (await readEvaluatedAt(db)) ?? 0;
    if (problems.length === 0 && evaluatedAt > 0 && Date.now() - evaluatedAt >= alertsLateMs)
      problems.push({ code: 'alerts_late', since_ms: evaluatedAt });
    const status = problems.length === 0 ? 'ok' : 'degraded';
    return { status, version, store: 'ok', collectors, problems };
  } catch {
    const problems = [{ code: 'store_down' as const, since_ms: null }];
    return { status: 'down', version, store: 'down', collectors: [], problems };
  }
}
