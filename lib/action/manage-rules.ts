import type { z } from 'zod';
import { conditionFault } from '@/lib/alert/rule';
import { defaultRules, type Rule, type StoredRule } from '@/lib/alert/rules';
import { type AlertState, acknowledge } from '@/lib/alert/transition';
import { appendAudit } from '@/lib/auth/audit';
import { HttpError, invalid, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import {
  type AlertBody,
  type BacktestBody,
  type backtestInput,
  conditionFrom,
  type RuleBody,
  type ruleInput,
  type rulePatch,
  type SilenceBody,
  type silenceInput,
} from '@/lib/contract';
import type { Metric } from '@/lib/metric/define-metric';
import { backtestRule } from '@/lib/storage/backtest-rule';
import { pool } from '@/lib/storage/pool';
import { readRules } from '@/lib/storage/read-alert-facts';
import { readAlerts, readRuleBodies, readSilences } from '@/lib/storage/read-alerts';

type Who = { caller: Caller; ip: string | null };
type Catalog = readonly Metric[];

/** @throws 422 when the column is not one of the metric's that has a threshold */
export async function makeRule(
  input: z.output<typeof ruleInput>,
  metrics: Catalog,
  who: Who,
): Promise<RuleBody> {
  const { rows } = await pool().query<{ n: string }>(`select nextval('rule_number')::text as n`);
  const id = `custom/${rows[0]?.n}`;
  const body: StoredRule = {
    ...columnOf(input, metrics),
    ...conditionFrom(input),
    ...{ says: input.says, fix: input.fix, runbook: input.runbook, scope: input.scope },
    enabled: input.enabled,
  };
  await store(id, body, who);
  await audit(who, 'rule_make', id, { metric: input.metric, column: input.column });
  return oneRule(id, metrics);
}

/** Changes what is given, over what is in force. @throws 404 */
export async function changeRule(
  patch: z.output<typeof rulePatch>,
  metrics: Catalog,
  who: Who,
): Promise<RuleBody> {
  const rule = await ruleNamed(patch.id, metrics);
  const pick = <T>(given: T | undefined, old: T) => (given === undefined ? old : given);
  const body: StoredRule = {
    ...{ metric: rule.metric, column: rule.column, unit: rule.unit, perSecond: rule.perSecond },
    direction: pick(patch.direction, rule.direction),
    warning: pick(patch.warning, rule.warning),
    critical: pick(patch.critical, rule.critical),
    forMs: pick(patch.for_ms, rule.forMs),
    recovery: pick(patch.recovery, rule.recovery),
    keepFiringMs: pick(patch.keep_firing_ms, rule.keepFiringMs),
    says: pick(patch.says, rule.says),
    fix: pick(patch.fix, rule.fix),
    runbook: pick(patch.runbook, rule.runbook),
    scope: pick(patch.scope, rule.scope),
    enabled: pick(patch.enabled, rule.enabled),
  };
  const fault = conditionFault({ ...rule, ...body } as Rule);
  if (fault) throw invalid(fault.field, fault.message);
  await store(patch.id, body, who);
  await audit(who, 'rule_change', patch.id, { fields: Object.keys(patch) });
  return oneRule(patch.id, metrics);
}

/** A default has its own values again, a made one is gone. @throws 404 */
export async function dropRule(id: string, who: Who): Promise<void> {
  const { rowCount } = await pool().query('delete from rule where id = $1', [id]);
  if (!rowCount) throw notFound('rule');
  await audit(who, 'rule_delete', id, {});
}

export async function backtest(
  input: z.output<typeof backtestInput>,
  metrics: Catalog,
): Promise<BacktestBody> {
  const rule: Rule = {
    ...{ id: 'custom/0', origin: 'custom', enabled: true, runbook: null, scope: input.scope },
    ...{ says: { en: '', ja: '' }, fix: { en: '', ja: '' } },
    ...columnOf(input, metrics),
    ...conditionFrom(input),
  };
  const instance = input.instance === undefined ? undefined : Number(input.instance);
  return backtestRule(pool(), rule, { now: Date.now(), days: input.days, instance });
}

/** Who acknowledges knows: no repeats until then. @throws 404, and 409 when it does not fire */
export async function acknowledgeAlert(id: number, hours: number, who: Who): Promise<AlertBody> {
  const client = await pool().connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ state: AlertState }>(
      'select state from alert where id = $1 for update',
      [id],
    );
    if (!rows[0]) throw notFound('alert');
    const now = Date.now();
    const { next, transitions } = acknowledge(rows[0].state, now + hours * 3_600_000, now);
    if (transitions.length === 0)
      throw new HttpError(409, 'not_firing', 'The alert does not fire.');
    await client.query('update alert set state = $2, acked_by = $3 where id = $1', [
      ...[id, JSON.stringify(next), who.caller.actor],
    ]);
    await client.query(
      'insert into alert_transition (alert_id, at, body, actor) values ($1, $2, $3, $4)',
      [id, new Date(now), JSON.stringify(transitions[0]), who.caller.actor],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
  await audit(who, 'alert_ack', `alert ${id}`, { hours });
  const [alert] = await readAlerts(pool(), { id });
  if (!alert) throw notFound('alert');
  return alert;
}

export async function addSilence(
  input: z.output<typeof silenceInput>,
  who: Who,
): Promise<SilenceBody> {
  for (const [field, table] of [
    ['instance', 'instance'],
    ['cluster', 'cluster'],
  ] as const) {
    if (input[field] === undefined) continue;
    const { rowCount } = await pool().query(`select from ${table} where id = $1`, [input[field]]);
    if (!rowCount) throw invalid(field, 'is not there');
  }
  const { rows } = await pool().query<{ id: number }>(
    `insert into silence (kind, rule_id, instance_id, cluster_id, starts_at, ends_at, reason, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      ...[input.kind, input.rule ?? null, input.instance ?? null, input.cluster ?? null],
      ...[new Date(input.starts_at ?? Date.now()), new Date(input.ends_at), input.reason],
      who.caller.actor,
    ],
  );
  const id = rows[0]?.id ?? 0;
  await audit(who, 'silence_add', `silence ${id}`, { reason: input.reason });
  const [made] = await readSilences(pool(), id);
  if (!made) throw notFound('silence');
  return made;
}

/** What still fires is told at the next turn. @throws 404 when it is not there or over */
export async function endSilence(id: number, who: Who): Promise<void> {
  const { rowCount } = await pool().query(
    `update silence set ends_at = greatest(now(), starts_at + interval '1 ms') where id = $1 and ends_at > now()`,
    [id],
  );
  if (!rowCount) throw notFound('silence');
  await audit(who, 'silence_end', `silence ${id}`, {});
}

function columnOf(input: { metric: string; column: string }, metrics: Catalog) {
  const metric = metrics.find(({ id }) => id === input.metric);
  if (!metric) throw invalid('metric', 'is not a metric of the catalog');
  const column = Object.hasOwn(metric.columns, input.column)
    ? metric.columns[input.column]
    : undefined;
  if (!column || column.kind === 'label' || column.kind === 'flag')
    throw invalid('column', 'is not a column with numbers of that metric');
  return {
    ...{ metric: input.metric, column: input.column, unit: column.unit },
    perSecond: column.kind === 'counter',
  };
}

async function ruleNamed(id: string, metrics: Catalog): Promise<Rule> {
  const rules = await readRules(pool(), defaultRules(metrics));
  const found = rules.find((rule) => rule.id === id);
  if (!found) throw notFound('rule');
  return found;
}

async function oneRule(id: string, metrics: Catalog): Promise<RuleBody> {
  const rules = await readRuleBodies(pool(), defaultRules(metrics));
  const found = rules.find((rule) => rule.id === id);
  if (!found) throw notFound('rule');
  return found;
}

async function store(id: string, body: StoredRule, who: Who) {
  await pool().query(
    `insert into rule (id, body, updated_by) values ($1, $2, $3)
     on conflict (id) do update set body = excluded.body, updated_by = excluded.updated_by, updated_at = now()`,
    [id, JSON.stringify(body), who.caller.actor],
  );
}

const audit = (who: Who, action: string, object: string, details: Record<string, unknown>) =>
  appendAudit({ actor: who.caller.actor, ip: who.ip, action, object, details });
