/** Every metric there is. The web process reads definitions from here; collectors run them. */
import type { Metric } from '@/lib/metric/define-metric';
import { connections, connectionUse } from './postgres/connections/connections';
import { databases } from './postgres/databases/databases';
import { replication } from './postgres/replication/replication';
import { statements } from './postgres/statements/statements';
import { watching } from './postgres/watching/watching';

export const metrics: readonly Metric[] = [
  databases,
  connections,
  connectionUse,
  replication,
  statements,
  watching,
];

const byId = new Map(metrics.map((metric) => [metric.id as string, metric]));

/** The definition of an id such as `postgres.databases`; null when there is none. */
export function metricById(id: string): Metric | null {
  return byId.get(id) ?? null;
}
