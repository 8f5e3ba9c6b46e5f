import { percentileOf } from '@/lib/service/durations';
import type { HeadlineSource } from '@/lib/verdict/headline-sources';
import type { Headline } from '@/lib/verdict/layer-verdict';
import { groupBy } from './group-by';
import type { Db } from './partitions';
import { addSums, readServiceMinutes, type ServedSum } from './read-service-minutes';

export type ApplicationHeadline = Headline & Pick<HeadlineSource, 'unit' | 'perSecond'>;
type Source = Omit<ApplicationHeadline, 'points' | 'stepMs' | 'of' | 'layer'> & {
  /** From traces alone, which say where the time went. */
  traced?: boolean;
  value: (sum: Omit<ServedSum, 'serviceId' | 'routeId'>) => number | null;
};

const minuteMs = 60_000;
const up = { worse: 'up' } as const;
/** What stands for the application layer: what is asked of a service, and what its callers feel. */
const sources: readonly Source[] = [
  {
    ...{ ...up, id: 'requests_per_s', role: 'demand', floor: 5, unit: 'count', perSecond: true },
    value: ({ requests }) => requests / 60,
  },
  {
    ...{ ...up, id: 'p95_ms', role: 'symptom', floor: 20, unit: 'ms' },
    value: ({ intervals }) => percentileOf(intervals, 0.95)?.value ?? null,
  },
  {
    ...{ ...up, id: 'error_ratio', role: 'symptom', floor: 0.01, unit: 'ratio' },
    value: ({ requests, errors }) => (requests > 0 ? errors / requests : null),
  },
  {
    ...{ ...up, id: 'database_time_ms', role: 'symptom', floor: 5, unit: 'ms', traced: true },
    value: ({ requests, databaseMs }) => (requests > 0 ? databaseMs / requests : null),
  },
];

/**
 * Headline series of the services of a cluster, by the minute. The minute that has only begun is left out; a service that
 * sends once a minute has its last one as far as it was heard.
 */
export async function readApplicationHeadlines(
  db: Db,
  clusterId: number,
  window: { from: number; to: number },
): Promise<ApplicationHeadline[]> {
  const { rows } = await db.query<{ id: number; name: string }>(
    'select id, name from service where cluster_id = $1 order by last_seen desc limit 20',
    [clusterId],
  );
  if (rows.length === 0) return [];
  const from = Math.floor(window.from / minuteMs) * minuteMs;
  const to = Math.floor(window.to / minuteMs) * minuteMs;
  const sums = await readServiceMinutes(db, {
    ...{ serviceIds: rows.map(({ id }) => id), from, to, stepMs: minuteMs, routes: 'whole' },
  });
  const byService = groupBy(sums, ({ serviceId }) => serviceId);
  return rows.flatMap(({ id, name }) =>
    sources.flatMap(({ value, traced, ...headline }): ApplicationHeadline[] => {
      const own = chosen(byService.get(id) ?? [], traced ?? false);
      if (own.length === 0) return [];
      const byMinute = groupBy(own, ({ at }) => at);
      const points = Array.from({ length: (to - from) / minuteMs }, (_, i) => {
        const at = from + i * minuteMs;
        const found = byMinute.get(at);
        return [at, found ? value(addSums(found)) : null] as const;
      });
      return [{ ...headline, layer: 'application', of: name, stepMs: minuteMs, points }];
    }),
  );
}

/** Metrics count every request; traces are the second choice, save for what they alone know. */
function chosen(sums: ServedSum[], traced: boolean): ServedSum[] {
  const metrics = sums.filter(({ source }) => source === 'metrics');
  return traced || metrics.length === 0
    ? sums.filter(({ source }) => source === 'traces')
    : metrics;
}
