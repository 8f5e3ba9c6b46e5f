/** One turn of the evaluator: changes, their history and the messages they owe are one transaction. */
import type { Pool, PoolClient } from 'pg';
import { type Change, evaluateRules } from '@/lib/alert/evaluate-rules';
import { contentOf } from '@/lib/alert/message-content';
import type { Rule } from '@/lib/alert/rules';
import type { Metric } from '@/lib/metric/define-metric';
import { readAlertFacts } from './read-alert-facts';

const evaluateLock = 7_274_618;

export type Evaluated = { alerts: number; transitions: number; deliveries: number };

/**
 * Evaluates all rules once. One process at a time; another one returns null at once. Killed at any moment, either all of
 * a turn is there or nothing of it, and the next turn goes on from the stored states.
 */
export async function evaluateAlerts(
  db: Pool,
  options: { defaults: readonly Rule[]; metrics: readonly Metric[]; now: number },
): Promise<Evaluated | null> {
  const client = await db.connect();
  let broken = true;
  try {
    await client.query('begin');
    const { rows } = await client.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock($1) as mine, set_config('statement_timeout', '30s', true)`,
      [evaluateLock],
    );
    let done: Evaluated | null = null;
    if (rows[0]?.mine) {
      const known = await readAlertFacts(client, { ...options, store: db });
      done = await writeChanges(client, evaluateRules(known), options.now);
      await client.query(
        `insert into setting (key, value) values ('alerts.evaluated', to_jsonb($1::bigint))
         on conflict (key) do update set value = excluded.value`,
        [options.now],
      );
    }
    await client.query('commit');
    broken = false;
    return done;
  } catch (error) {
    await client.query('rollback').then(
      () => {
        broken = false;
      },
      () => undefined,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Writes changed alerts, their transitions, and one delivery for each channel that wants to know. */
export async function writeChanges(
  client: PoolClient,
  changes: readonly Change[],
  now: number,
): Promise<Evaluated> {
  if (changes.length === 0) return { alerts: 0, transitions: 0, deliveries: 0 };
  const { rows } = await client.query<{ id: string; key: string }>(
    `insert into alert (rule_id, instance_id, labels, condition, state, facts)
     select * from unnest($1::text[], $2::int[], $3::jsonb[], $4::jsonb[], $5::jsonb[], $6::jsonb[])
     on conflict (rule_id, instance_id, labels) do update
       set condition = excluded.condition, state = excluded.state, facts = excluded.facts,
           acked_by = case when excluded.state ->> 'ackedUntil' is null then null else alert.acked_by end
     returning id::text, rule_id || ' ' || instance_id || ' ' || labels::text as key`,
    [
      changes.map((one) => one.ruleId),
      changes.map((one) => one.instanceId),
      ...[
        changes.map((one) => one.labels),
        changes.map((one) => one.condition),
        changes.map((one) => one.next),
        changes.map((one) => contentOf(one, null)),
      ].map((list) => list.map((one) => JSON.stringify(one))),
    ],
  );
  // Rows of INSERT ... SELECT come back in the order of the arrays; nothing is filtered by DO UPDATE.
  const told = changes.flatMap((change, n) => {
    const alertId = rows[n]?.id ?? '';
    return change.transitions.map((transition) => ({
      alertId,
      transition,
      content: { ...contentOf(change, transition), alert: alertId },
    }));
  });
  if (told.length === 0) return { alerts: changes.length, transitions: 0, deliveries: 0 };
  const inserted = await client.query<{ id: string }>(
    `insert into alert_transition (alert_id, at, body)
     select * from unnest($1::bigint[], $2::timestamptz[], $3::jsonb[]) returning id::text`,
    [
      told.map((one) => one.alertId),
      told.map((one) => new Date(one.transition.at)),
      told.map((one) => JSON.stringify(one.transition)),
    ],
  );
  const owed = told
    .map((one, n) => ({ ...one, id: inserted.rows[n]?.id ?? '' }))
    .filter((one) => one.transition.message !== null);
  const deliveries = await client.query(
    `insert into delivery (channel_id, alert_id, transition_id, message, content, created_at, next_at)
     select c.id, o.alert_id, o.transition_id, o.message, o.content, $6, $6
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::jsonb[], $5::text[])
       with ordinality as o (alert_id, transition_id, message, content, level, n)
     cross join channel c
     where c.enabled and (c.least_level = 'warning' or o.level = 'critical'
       or o.message = 'resolved' and exists (select from delivery d where d.channel_id = c.id and d.alert_id = o.alert_id))
     order by o.n, c.id on conflict do nothing`,
    [
      owed.map((one) => one.alertId),
      owed.map((one) => one.id),
      owed.map((one) => one.transition.message),
      owed.map((one) => JSON.stringify(one.content)),
      owed.map((one) => one.transition.level),
      new Date(now),
    ],
  );
  return {
    alerts: changes.length,
    transitions: told.length,
    deliveries: deliveries.rowCount ?? 0,
  };
}
