import type { AlertContent } from '@/lib/alert/message-content';
import type { Condition } from '@/lib/alert/rule';
import { thresholdOf } from '@/lib/alert/rule';
import type { Rule } from '@/lib/alert/rules';
import type { AlertState, Transition } from '@/lib/alert/transition';
import type { AlertBody, RuleBody, SilenceBody } from '@/lib/contract';
import type { Db } from './partitions';
import { readRules } from './read-alert-facts';

/** Alerts with their history of 7 days: firing first, the worst and newest of each first. */
export async function readAlerts(
  db: Db,
  query: {
    state?: 'open' | 'all';
    instance?: string | undefined;
    limit?: number;
    id?: number;
  } = {},
): Promise<AlertBody[]> {
  const { rows } = await db.query<{
    id: string;
    facts: AlertContent;
    state: AlertState;
    condition: Condition;
    acked_by: string | null;
    history: (Transition & { at: number })[] | null;
  }>(
    `select a.id::text, a.facts, a.state, a.condition, a.acked_by, h.history
     from alert a
     left join lateral (
       select jsonb_agg(t.body order by t.at, t.id) as history from (
         select id, at, body from alert_transition where alert_id = a.id and at > now() - interval '7 days'
         order by at desc, id desc limit 100) t) h on true
     where ($1::int is null or a.instance_id = $1) and ($2::bigint is null or a.id = $2)
       and case when $3 then a.phase in ('pending', 'firing', 'recovering')
                else a.phase <> 'ok' or $2::bigint is not null end
     order by array_position(array['firing', 'recovering', 'pending', 'resolved', 'ok'], a.phase),
       (a.state ->> 'level' = 'critical') desc nulls last, (a.state ->> 'since')::bigint desc, a.id
     limit $4`,
    [query.instance ?? null, query.id ?? null, query.state === 'open', query.limit ?? 200],
  );
  return rows.map(({ id, facts, state, condition, acked_by, history }) => ({
    ...{ id, rule: facts.rule, says: facts.says, fix: facts.fix, runbook: facts.runbook },
    ...{ instance: facts.instance, cluster: facts.cluster, labels: facts.labels },
    ...{ metric: facts.metric, column: facts.column, unit: facts.unit },
    ...{ per_second: facts.per_second, phase: state.phase, level: state.level, since: state.since },
    ...{ fired_at: state.firedAt, resolved_at: state.resolvedAt, value: state.value },
    threshold: thresholdOf(condition, state.level),
    ...{ direction: condition.direction, peak: state.peak, data_at: state.dataAt },
    ...{
      health: state.health,
      suppressed: state.suppressed,
      acked_until: state.ackedUntil,
      acked_by,
    },
    history: (history ?? []).map(({ at, to, toHealth, level, reason, value }) => ({
      ...{ at, to, health: toHealth, level, reason, value },
    })),
  }));
}

/** When the evaluator ran last; null is never. */
export async function readEvaluatedAt(db: Db): Promise<number | null> {
  const { rows } = await db.query<{ at: number }>(
    `select (value #>> '{}')::float8 as at from setting where key = 'alerts.evaluated'`,
  );
  return rows[0]?.at ?? null;
}

/** Rules with how useful they were: fired and acknowledged in 30 days. */
export async function readRuleBodies(db: Db, defaults: readonly Rule[]): Promise<RuleBody[]> {
  const rules = await readRules(db, defaults);
  const { rows } = await db.query<{ id: string; firing: number; fired: number; acked: number }>(
    `select a.rule_id as id, count(distinct a.id) filter (where a.phase in ('firing', 'recovering'))::int as firing,
            count(t.id) filter (where t.body ->> 'to' = 'firing' and t.body ->> 'from' <> 'firing'
              and t.body ->> 'from' <> 'recovering')::int as fired,
            count(t.id) filter (where t.body ->> 'reason' = 'acknowledged')::int as acked
     from alert a left join alert_transition t on t.alert_id = a.id and t.at > now() - interval '30 days'
     group by a.rule_id`,
  );
  const counts = new Map(rows.map((row) => [row.id, row]));
  return rules.map((rule) => {
    const count = counts.get(rule.id);
    return {
      ...{ id: rule.id, metric: rule.metric, column: rule.column, unit: rule.unit },
      ...{ per_second: rule.perSecond, direction: rule.direction, warning: rule.warning },
      ...{ critical: rule.critical, for_ms: rule.forMs, recovery: rule.recovery },
      ...{ keep_firing_ms: rule.keepFiringMs, says: rule.says, fix: rule.fix },
      ...{ runbook: rule.runbook, scope: rule.scope, enabled: rule.enabled, origin: rule.origin },
      ...{ firing: count?.firing ?? 0, fired: count?.fired ?? 0, acknowledged: count?.acked ?? 0 },
    };
  });
}

/** Silences in force or to come, and those that ended within a day. */
export async function readSilences(db: Db, id: number | null = null): Promise<SilenceBody[]> {
  const { rows } = await db.query(
    `select s.id::text, s.kind, s.rule_id as rule, s.instance_id::text as instance, i.name as instance_name,
            s.cluster_id::text as cluster, c.name as cluster_name, s.starts_at, s.ends_at, s.reason, s.created_by
     from silence s left join instance i on i.id = s.instance_id left join cluster c on c.id = s.cluster_id
     where s.ends_at > now() - interval '1 day' and ($1::int is null or s.id = $1)
     order by s.ends_at desc, s.id limit 500`,
    [id],
  );
  return rows.map((row) => ({
    ...(row as SilenceBody),
    starts_at: row.starts_at.getTime(),
    ends_at: row.ends_at.getTime(),
  }));
}
