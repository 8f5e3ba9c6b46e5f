import type { Metric } from '@/lib/metric/define-metric';
import { exposeMetrics } from '@/lib/metric/expose-metrics';
import type { Db } from './partitions';
import { readHealth } from './read-health';
import { readInstances } from './read-instances';
import { readLatest } from './read-latest';

/** What a Prometheus scrape gets. */
export async function readExposition(db: Db, metrics: readonly Metric[]): Promise<string> {
  const health = await readHealth(db);
  const instances = await readInstances(db);
  const latest = await readLatest(db);
  return exposeMetrics({ metrics, latest, instances, health, now: Date.now() });
}
