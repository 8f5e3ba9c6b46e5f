/**
 * One turn of the alert evaluator over 50 instances with 400 series each and 2,000 rules on all of them: 100,000 pairs of a
 * rule and an instance. The goal is 5 s on one core. Then all of one rule's series cross at once, and their messages go out.
 */
import type { StoredRule } from '@/lib/alert/rules';
import { defineMetric, gauge, label, type Metric } from '@/lib/metric/define-metric';
import { deliver } from '@/lib/notify/deliver';
import { appendReadings } from '@/lib/storage/append-readings';
import { evaluateAlerts } from '@/lib/storage/evaluate-alerts';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { startPostgres } from '@/scripts/servers/embedded';
import { startFakeSlack } from '@/scripts/servers/fake-slack';

const [instances, metricCount, rows, rules] = [50, 20, 20, 2000];
const everyMs = 10_000;
const goalMs = 5000;
const text = { en: 'x', ja: 'x' };
const metrics: Metric[] = Array.from({ length: metricCount }, (_, n) =>
  defineMetric({
    ...({ layer: 'database', timeout: '3s', on: 'any', cost: 'low', every: '10s' } as const),
    ...{ id: `postgres.bench-${n}`, title: text, help: text, source: 'bench', needs: [] },
    ...{ queries: [{ from: 13, sql: 'select 1' }], panels: [] },
    columns: { name: label(), v: gauge('count', text) },
  }),
);

const server = await startPostgres();
const slack = await startFakeSlack();
try {
  await migrate(server.url());
  const db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('c');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       select 'i' || n, 1, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, ${instances}) n;
     insert into instance_status (instance_id, state, last_attempt) select id, 'up', now() from instance;
     insert into lease (instance_id, owner, fence, expires_at) select id, 'bench', 1, now() + interval '1 hour' from instance`,
  );
  await db.query(
    `insert into channel (name, kind, secret, settings) values ('a', 'slack', $1, '{"allow_private": true}')`,
    [`${slack.url}/a`],
  );
  const body = (n: number): StoredRule => ({
    ...{ metric: `postgres.bench-${n % metricCount}`, column: 'v', unit: 'count' },
    ...{ perSecond: false, says: text, fix: text, runbook: null, enabled: true, scope: {} },
    ...{ direction: 'above', warning: 100 + Math.floor(n / metricCount), critical: null },
    ...{ forMs: 0, recovery: null, keepFiringMs: 0 },
  });
  await db.query(
    `insert into rule (id, body, updated_by) select 'custom/' || n, body, 'bench'
     from unnest($1::int[], $2::jsonb[]) as r (n, body)`,
    [
      Array.from({ length: rules }, (_, n) => n),
      Array.from({ length: rules }, (_, n) => JSON.stringify(body(n))),
    ],
  );
  const start = Math.floor(Date.now() / everyMs) * everyMs;
  const append = (at: number, value: (metric: number) => number) =>
    appendReadings(
      db,
      Array.from({ length: instances }, (_, i) => ({
        lease: { instanceId: i + 1, fence: 1n },
        readings: metrics.map((metric, m) => ({
          ...{ metric: metric.id, at, everyMs, columns: [{ name: 'v', kind: 'gauge' as const }] },
          rows: Array.from({ length: rows }, (_, r) => ({
            ...{ labels: { name: String(r) }, values: [value(m)], rates: [null] },
          })),
        })),
      })),
    );
  const turn = async (at: number) => {
    const began = performance.now();
    const done = await evaluateAlerts(db, { defaults: [], metrics, now: at });
    return { ms: Math.round(performance.now() - began), ...done };
  };
  await append(start, () => 1);
  const quiet = [await turn(start), await turn(start + 1), await turn(start + 2)];
  // Of metric 0 the mildest rule alone is crossed: 50 instances of 20 rows.
  await append(start + everyMs, (metric) => (metric === 0 ? 100.5 : 1));
  const storm = await turn(start + everyMs);
  const still = await turn(start + everyMs + 1);
  const began = performance.now();
  const options = {
    ...{ owner: 'bench', baseUrl: null, log: console.error, gapMs: 0 },
    openSecret: ({ secret }: { secret: string | null }) => ({ url: secret ?? '' }),
  };
  while ((await deliver(db, options)) > 0);
  const left = await db.query(`select from delivery where state <> 'sent'`);
  console.log(`alerts: ${rules} rules, ${instances} instances, ${metricCount * rows} series each`);
  console.table({
    'quiet turn, ms (goal 5000)': Math.max(...quiet.map(({ ms }) => ms)),
    'turn in which alerts fire, ms (goal 5000)': storm.ms,
    'alerts that fire at once': storm.alerts,
    'turn in which all of them stand, ms (goal 5000)': still.ms,
    'messages at Slack (goal 20)': slack.received.length,
    'their delivery, ms': Math.round(performance.now() - began),
    'not delivered': left.rowCount,
  });
  const slowest = Math.max(storm.ms, still.ms, ...quiet.map(({ ms }) => ms));
  if (slowest > goalMs || slack.received.length > 20 || left.rowCount) process.exitCode = 1;
  await db.end();
} finally {
  await slack.stop();
  await server.stop();
}
