import { progressUnit } from '@/lib/activity/progress-unit';
import { notFound } from '@/lib/auth/http-error';
import type { ProgressBody } from '@/lib/contract';
import type { Db } from './partitions';
import { readLatest } from './read-latest';

const metric = 'postgres.progress';
/** It is read every 10 s: what was there at the last two readings but not at the last is over. */
const presentMs = 15_000;

/** Long operations under way on an instance. @throws 404 when it is not watched */
export async function readProgress(db: Db, instance: string): Promise<ProgressBody> {
  const { rows } = await db.query<{ last: Date | null }>(
    `select h.last_success as last from instance i left join metric_health h on h.instance_id = i.id and h.metric = $2
     where i.id = $1`,
    [instance, metric],
  );
  const found = rows[0];
  if (!found) throw notFound('instance');
  const latest = await readLatest(db, {
    instanceIds: [Number(instance)],
    metrics: [metric],
    withinMs: 60_000,
  });
  const last = found.last?.getTime() ?? null;
  const present = latest.filter(({ at }) => last !== null && at >= last - presentMs);
  const operations = new Map<string, ProgressBody['operations'][number]>();
  for (const { labels, column, value } of present) {
    const key = JSON.stringify([
      labels.operation,
      labels.database,
      labels.table,
      labels.phase,
      labels.nth,
    ]);
    const one = operations.get(key) ?? {
      ...{ key, operation: labels.operation ?? '', phase: labels.phase ?? '' },
      ...{ database: labels.database || null, table: labels.table || null },
      ...{ share: null, done: null, total: null, running_ms: null },
      unit: progressUnit(labels.operation ?? '', labels.phase ?? ''),
    };
    operations.set(key, one);
    if (column === 'done') one.share = value;
    if (column === 'done_amount') one.done = value;
    if (column === 'total_amount') one.total = value;
    if (column === 'running_ms') one.running_ms = value;
  }
  return {
    instance,
    at: last,
    operations: [...operations.values()].sort((a, b) => (b.running_ms ?? 0) - (a.running_ms ?? 0)),
  };
}
