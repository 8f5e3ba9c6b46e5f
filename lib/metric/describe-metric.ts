import type { CatalogMetric } from '@/lib/contract';
import type { Metric } from './define-metric';

/** The serialisable half of a definition: what screens, the reference and other tools need of it. */
export function describeMetric(metric: Metric): CatalogMetric {
  return {
    id: metric.id,
    engine: metric.engine,
    layer: metric.layer,
    title: metric.title,
    help: metric.help,
    source: metric.source,
    every_s: metric.everyMs / 1000,
    timeout_s: metric.timeoutMs / 1000,
    on: metric.on,
    cost: metric.cost,
    columns: Object.entries(metric.columns).map(([name, column]) => ({
      name,
      kind: column.kind,
      unit: 'unit' in column ? column.unit : null,
      help: 'help' in column ? column.help : null,
    })),
    needs: metric.needs.map((need) => ({ ...need })),
    sql: metric.queries.map((query) => ({
      from: query.from,
      ...(query.flavour && { flavour: query.flavour }),
      version_of: metric.versionOf ?? 'server',
      sql: query.sql.trim(),
    })),
    panels: metric.panels.map((panel) => ({
      id: panel.id,
      title: panel.title,
      show: panel.show,
      y: [...panel.y],
      ...(panel.by !== undefined && { by: panel.by }),
      ...(panel.where && { where: { ...panel.where } }),
      ...(panel.limit !== undefined && { limit: panel.limit }),
    })),
    alerts: metric.alerts.map(({ id, on, above, below, says, fix, for: held }) => ({
      id,
      on,
      ...(above && { above }),
      ...(below && { below }),
      for: held,
      says,
      fix,
    })),
  };
}
