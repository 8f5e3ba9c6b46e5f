import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultRules } from '@/lib/alert/rules';
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings } from './append-readings';
import { evaluateAlerts } from './evaluate-alerts';
import { migrate } from './migrate';
import { openPool } from './pool';

const everyMs = 10_000;
const text = { en: 'x', ja: 'x' };
const metric = defineMetric({
  ...{ id: 'postgres.fill', layer: 'database', title: text, help: text, source: 'test' },
  ...{ every: '10s', timeout: '3s', on: 'any', cost: 'low', needs: [], panels: [] },
  queries: [{ from: 13, sql: 'select 1' }],
  columns: { name: label(), used: gauge('ratio', text) },
  alerts: [
    {
      id: 'full',
      on: 'used',
      above: { warning: 0.8, critical: 0.9 },
      for: '10s',
      says: text,
      fix: text,
    },
  ],
} as const);
const metrics = [metric];
const defaults = defaultRules(metrics);

let server: RunningPostgres;
let db: pg.Pool;
let now: number;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('c');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       select 'i' || n, 1, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, 2) n;
     insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 hour' from instance;
     insert into channel (name, kind) values ('all', 'slack');
     insert into channel (name, kind, least_level) values ('worst', 'slack', 'critical')`,
  );
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});
beforeEach(async () => {
  now = Math.floor(Date.now() / everyMs) * everyMs - 300_000;
  await db.query(
    `truncate alert, delivery, alert_transition, silence, rule, hot_sample, metric_health cascade;
     insert into instance_status (instance_id, state, last_attempt, last_seen) select id, 'up', now(), now() from instance
     on conflict (instance_id) do update set state = 'up', last_attempt = now()`,
  );
});

/** One poll and one turn of the evaluator, 10 s after the last. */
async function turn(values: Record<string, number> | null) {
  now += everyMs;
  if (values)
    await appendReadings(db, [
      {
        lease: { instanceId: 1, fence: 1n },
        readings: [
          {
            ...{ metric: metric.id, at: now, everyMs, columns: [{ name: 'used', kind: 'gauge' }] },
            rows: Object.entries(values).map(([name, value]) => ({
              ...{ labels: { name }, values: [value], rates: [null] },
            })),
          },
        ],
      },
    ]);
  return evaluateAlerts(db, { defaults, metrics, now });
}
async function alerts() {
  const { rows } = await db.query(
    `select rule_id || ' ' || coalesce(labels ->> 'name', '') || ' ' || phase as line from alert order by 1`,
  );
  return rows.map(({ line }) => line);
}
async function deliveries() {
  const { rows } = await db.query(
    `select c.name || ' ' || d.message || ' ' || (d.content -> 'labels' ->> 'name') as line
     from delivery d join channel c on c.id = d.channel_id order by d.id`,
  );
  return rows.map(({ line }) => line);
}

test('a threshold crossed becomes an alert, its history and one message for each channel that wants it', async () => {
  await turn({ a: 0.5, b: 0.85 });
  expect(await alerts()).toEqual(['postgres.fill/full b pending']);
  expect(await deliveries()).toEqual([]);
  await turn({ a: 0.5, b: 0.86 });
  expect(await alerts()).toEqual(['postgres.fill/full b firing']);
  expect(await deliveries()).toEqual(['all firing b']);
  await turn({ a: 0.95, b: 0.86 });
  await turn({ a: 0.95, b: 0.86 });
  expect(await deliveries()).toEqual(['all firing b', 'all firing a', 'worst firing a']);
  for (let n = 0; n < 5; n++) await turn({ a: 0.5, b: 0.5 });
  expect(await alerts()).toEqual([
    'postgres.fill/full a resolved',
    'postgres.fill/full b resolved',
  ]);
  expect((await deliveries()).slice(3).sort()).toEqual([
    'all resolved a',
    'all resolved b',
    'worst resolved a',
  ]);
  const { rows } = await db.query(
    `select count(*)::int as n from alert_transition t join alert a on a.id = t.alert_id
     where a.labels ->> 'name' = 'a' and t.body ->> 'reason' in ('threshold', 'recovered')`,
  );
  expect(rows[0]?.n).toBe(4);
});

test('no reading leaves the alert as it stands, with its timers', async () => {
  await turn({ a: 0.85 });
  for (let n = 0; n < 9; n++) await turn(null);
  expect(await alerts()).toEqual(['postgres.fill/full a pending']);
  await turn({ a: 0.85 });
  expect(await alerts()).toEqual(['postgres.fill/full a firing']);
  for (let n = 0; n < 9; n++) await turn(null);
  expect(await alerts()).toEqual(['postgres.fill/full a firing']);
  const { rows } = await db.query(`select state ->> 'health' as health from alert`);
  expect(rows).toEqual([{ health: 'missing' }]);
});

test('two evaluators at once are one, and the same turn again changes nothing', async () => {
  await turn({ a: 0.95 });
  now += everyMs;
  const holder = await db.connect();
  await holder.query('begin; select pg_advisory_xact_lock(7274618)');
  expect(await evaluateAlerts(db, { defaults, metrics, now })).toBe(null);
  await holder.query('commit');
  holder.release();
  await turn({ a: 0.95 });
  expect(await evaluateAlerts(db, { defaults, metrics, now })).toEqual({
    ...{ alerts: 0, transitions: 0, deliveries: 0 },
  });
  expect(await deliveries()).toEqual(['all firing a', 'worst firing a']);
});

test('a target that is down is one alert, and its metrics say nothing of their own', async () => {
  await turn({ a: 0.95 });
  await db.query(`update instance_status set state = 'down' where instance_id = 1`);
  await turn({ a: 0.95 });
  for (let n = 0; n < 3; n++) await turn(null);
  expect(await alerts()).toEqual(['instance/down  firing', 'postgres.fill/full a firing']);
  const { rows } = await db.query(`select content ->> 'rule' as rule from delivery order by id`);
  expect(rows).toEqual([{ rule: 'instance/down' }, { rule: 'instance/down' }]);
});

test('a silence hides messages and not states; its end tells what still fires', async () => {
  await db.query(
    `insert into silence (kind, instance_id, starts_at, ends_at, reason, created_by)
     values ('silence', 1, $1, $2, 'test', 'test')`,
    [new Date(now), new Date(now + 35_000)],
  );
  for (let n = 0; n < 3; n++) await turn({ a: 0.85 });
  expect(await alerts()).toEqual(['postgres.fill/full a firing']);
  expect(await deliveries()).toEqual([]);
  await turn({ a: 0.85 });
  expect(await deliveries()).toEqual(['all firing a']);
});

test('a changed condition closes its alerts as edited, a rule taken away as deleted, an instance as removed', async () => {
  await turn({ a: 0.85 });
  await turn({ a: 0.85 });
  await db.query(
    `insert into rule (id, body, updated_by) values ('postgres.fill/full', '{"warning": 0.6}', 'test')`,
  );
  await turn({ a: 0.85 });
  const reason = async () =>
    (
      await db.query(
        `select body ->> 'reason' as reason from alert_transition order by id desc limit 1`,
      )
    ).rows[0]?.reason;
  expect(await reason()).toBe('rule_edited');
  await turn({ a: 0.85 });
  await turn({ a: 0.85 });
  expect(await alerts()).toEqual(['postgres.fill/full a firing']);
  await db.query(`update rule set body = '{"warning": 0.6, "enabled": false}'`);
  await turn({ a: 0.85 });
  expect(await reason()).toBe('rule_deleted');
  expect(await deliveries()).toEqual([
    'all firing a',
    'all resolved a',
    'all firing a',
    'all resolved a',
  ]);
});

test('an alert whose instance is no longer watched is closed as that, under the name it had', async () => {
  await turn({ a: 0.85 });
  await turn({ a: 0.85 });
  await db.query('delete from instance where id = 1');
  now += everyMs;
  await evaluateAlerts(db, { defaults, metrics, now });
  const { rows } = await db.query(
    `select content ->> 'reason' as reason, content -> 'instance' ->> 'name' as name, content -> 'cluster' ->> 'name' as cluster
     from delivery order by id desc limit 1`,
  );
  expect(rows).toEqual([{ reason: 'target_removed', name: 'i1', cluster: 'c' }]);
});
