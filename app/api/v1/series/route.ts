import { metrics } from '@/collectors/catalog';
import { invalid, notFound } from '@/lib/auth/http-error';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readMetricHealth } from '@/lib/storage/read-metric-health';
import { readSeries } from '@/lib/storage/read-series';

export const GET = route('GET /series', async ({ query }) => {
  const column = metrics.find((one) => one.id === query.metric)?.columns[query.column];
  if (!metrics.some((one) => one.id === query.metric))
    throw invalid('metric', 'is not in the catalog');
  if (!column || column.kind === 'label')
    throw invalid('column', 'is not a stored column of the metric');
  const instanceIds = [...new Set(query.instance.split(',').map(Number))];
  const db = pool();
  const known = await db.query('select from instance where id = any($1)', [instanceIds]);
  if (known.rowCount !== instanceIds.length) throw notFound('instance');
  const { from, to } = query;
  const found = await readSeries(db, {
    instanceIds,
    metric: query.metric,
    column: query.column,
    from,
    to,
    points: query.points,
    labels: query.label,
    raw: query.raw === '1',
  });
  const health = await readMetricHealth(db, instanceIds, query.metric);
  return {
    metric: query.metric,
    column: query.column,
    unit: 'unit' in column ? column.unit : 'flag',
    kind: column.kind,
    step_ms: found.stepMs,
    from,
    to,
    series: found.series.map(({ instanceId, ...line }) => ({
      instance: String(instanceId),
      ...line,
    })),
    health: health.map(({ instanceId, last_success, error, missing }) => ({
      instance: String(instanceId),
      last_success,
      error,
      missing,
    })),
  };
});
