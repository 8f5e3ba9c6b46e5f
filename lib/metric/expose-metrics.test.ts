import { expect, test } from 'vitest';
import { counter, defineMetric, gauge, label } from './define-metric';
import { exposeMetrics } from './expose-metrics';

const help = { en: 'Bytes\nkept', ja: '保持' };
const slots = defineMetric({
  id: 'postgres.some-slots',
  layer: 'database',
  title: help,
  help,
  source: 's',
  every: '30s',
  timeout: '5s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [{ from: 13, sql: 'select 1' }],
  columns: { cluster: label(), kept: gauge('bytes', help), read: counter('count', help) },
  panels: [],
});
const now = 1_000_000;
const one = { id: '1', name: 'a"b\n# x', cluster: 'c', engine: 'postgres' };
const at = (column: string, value: number | null, age = 0) => ({
  instanceId: 1,
  metric: slots.id,
  column,
  labels: { cluster: 's' },
  at: now - age,
  everyMs: 30_000,
  value,
});
const expose = (latest: ReturnType<typeof at>[], state: 'up' | 'unknown' = 'up') =>
  exposeMetrics({
    metrics: [slots],
    latest,
    instances: [{ ...one, state }],
    health: { version: '1', collectors: [] },
    now,
  });

test('values carry whose they are, and text from a database stays inside its quotes', () => {
  const text = expose([at('kept', 5), at('read', 7)]);
  const owner = 'instance_id="1",instance_name="a\\"b\\n# x",cluster="c",engine="postgres"';
  expect(text).toContain(`yagura_postgres_some_slots_kept{${owner},label_cluster="s"} 5\n`);
  expect(text).toContain('# TYPE yagura_postgres_some_slots_read_total counter\n');
  expect(text.split('\n').filter((line) => line.startsWith('# x'))).toEqual([]);
});

test('what is unknown or old is left out, not written as 0', () => {
  const text = expose([at('kept', null), at('read', 7, 91_000)], 'unknown');
  expect(text).toBe(
    '# HELP yagura_build_info The running version.\n# TYPE yagura_build_info gauge\nyagura_build_info{version="1"} 1\n',
  );
});
