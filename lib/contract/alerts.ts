import { z } from 'zod';
import { conditionFault } from '@/lib/alert/rule';
import {
  countField,
  idField,
  lineField,
  momentField,
  secretField,
  textField,
  zoneField,
} from './fields';
import { hostField, portField } from './instances';

const levelField = z.enum(['warning', 'critical']);
const day = 24 * 3_600_000;
const finite = z.number('is not a number').finite();
const durationField = z.number('is not a number').int('is not a whole number').min(0).max(day);
const runbookField = z
  .url({ protocol: /^https?$/, error: 'is not a web address' })
  .max(1000)
  .nullable();
const scopeField = z
  .record(z.string().min(1).max(63), lineField(200))
  .refine((labels) => Object.keys(labels).length <= 10, 'has more than 10 entries');
const ruleIdField = z
  .string()
  .regex(/^[a-z][a-z0-9.-]{0,80}\/[a-z0-9-]{1,60}$/, 'is not the id of a rule');

const condition = {
  direction: z.enum(['above', 'below']),
  warning: finite.nullable(),
  critical: finite.nullable(),
  for_ms: durationField,
  /** Back at this or better it begins to recover; null is the mildest threshold. */
  recovery: finite.nullable(),
  /** How long it must stay recovered. */
  keep_firing_ms: durationField,
};
const texts = {
  says: z.object({ en: lineField(200), ja: lineField(200) }),
  fix: z.object({ en: z.string().max(1000), ja: z.string().max(1000) }),
  runbook: runbookField,
  /** Labels of instances; every instance of the engine when empty. */
  scope: scopeField,
  enabled: z.boolean(),
};

type Given = {
  direction: 'above' | 'below';
  warning: number | null;
  critical: number | null;
  for_ms: number;
  recovery: number | null;
  keep_firing_ms: number;
};

/** The deciding part as lib/alert knows it. */
export const conditionFrom = (given: Given) => ({
  ...{ direction: given.direction, warning: given.warning, critical: given.critical },
  ...{ forMs: given.for_ms, recovery: given.recovery, keepFiringMs: given.keep_firing_ms },
});

function checkCondition(
  given: Given,
  ctx: { addIssue(issue: { code: 'custom'; message: string; path: string[] }): void },
) {
  const fault = conditionFault(conditionFrom(given));
  if (fault) ctx.addIssue({ code: 'custom', message: fault.message, path: [fault.field] });
}

const watched = { metric: lineField(100), column: lineField(63) };

export const ruleInput = z
  .strictObject({
    ...watched,
    direction: condition.direction,
    warning: condition.warning.default(null),
    critical: condition.critical.default(null),
    for_ms: condition.for_ms.default(60_000),
    recovery: condition.recovery.default(null),
    keep_firing_ms: condition.keep_firing_ms.default(60_000),
    says: texts.says,
    fix: texts.fix.default({ en: '', ja: '' }),
    runbook: texts.runbook.default(null),
    scope: texts.scope.default({}),
    enabled: texts.enabled.default(true),
  })
  .superRefine(checkCondition);

export const rulePatch = z
  .strictObject({ ...condition, ...texts })
  .partial()
  .extend({ id: ruleIdField });
export const ruleQuery = z.strictObject({ id: ruleIdField });

export const ruleBody = z.object({
  id: z.string(),
  ...watched,
  unit: z.string(),
  per_second: z.boolean(),
  ...condition,
  says: textField,
  fix: textField,
  runbook: z.string().nullable(),
  scope: z.record(z.string(), z.string()),
  enabled: z.boolean(),
  /** As the definition has it, changed by a person, or made by one. */
  origin: z.enum(['default', 'changed', 'custom']),
  /** Firing now. */
  firing: z.number(),
  /** Of the alerts of the last 30 days, how often it fired, and how many of those somebody acknowledged. */
  fired: z.number(),
  acknowledged: z.number(),
});
export type RuleBody = z.infer<typeof ruleBody>;
export const rulesBody = z.object({ rules: z.array(ruleBody), evaluated_at: momentField });

export const backtestInput = z
  .strictObject({
    ...watched,
    ...condition,
    scope: texts.scope.default({}),
    /** One instance; every one the rule is for when absent. */
    instance: idField.optional(),
    days: z.number().int().min(1).max(30).default(7),
  })
  .superRefine(checkCondition);
export const backtestBody = z.object({
  from: z.number(),
  to: z.number(),
  /** How often it would have fired, on how many instances. */
  fired: z.number(),
  instances: z.number(),
  firing_ms: z.number(),
  step_ms: z.number(),
  episodes: z.array(
    z.object({
      instance: z.string(),
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      level: levelField,
      from: z.number(),
      /** Null when it would still fire. */
      to: momentField,
      peak: z.number().nullable(),
    }),
  ),
  /** More than are listed. */
  more: z.number(),
});
export type BacktestBody = z.infer<typeof backtestBody>;

const phaseField = z.enum(['ok', 'pending', 'firing', 'recovering', 'resolved']);
export const alertsQuery = z.strictObject({
  /** `open` is pending, firing and recovering. */
  state: z.enum(['open', 'all']).default('all'),
  instance: idField.optional(),
  limit: countField(1, 1000).default(200),
});
export const alertBody = z.object({
  id: z.string(),
  rule: z.string(),
  says: textField,
  fix: textField,
  runbook: z.string().nullable(),
  instance: z.object({ id: z.string(), name: z.string(), role: z.string() }),
  cluster: z.object({ id: z.string(), name: z.string() }),
  labels: z.record(z.string(), z.string()),
  metric: z.string(),
  column: z.string(),
  unit: z.string(),
  per_second: z.boolean(),
  phase: phaseField,
  level: levelField.nullable(),
  since: z.number(),
  fired_at: momentField,
  resolved_at: momentField,
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  direction: z.enum(['above', 'below']),
  peak: z.number().nullable(),
  /** Of the newest value. */
  data_at: momentField,
  health: z.enum(['fresh', 'late', 'missing', 'error']),
  suppressed: z.enum(['target_down', 'same_machine', 'silence', 'maintenance']).nullable(),
  acked_until: momentField,
  acked_by: z.string().nullable(),
  /** Its changes of the last 7 days, newest last, 100 at most. */
  history: z.array(
    z.object({
      at: z.number(),
      to: phaseField,
      health: z.string(),
      level: levelField.nullable(),
      reason: z.string(),
      value: z.number().nullable(),
    }),
  ),
});
export type AlertBody = z.infer<typeof alertBody>;
export const alertsBody = z.object({
  alerts: z.array(alertBody),
  /** When rules were last looked at; null is never. */
  evaluated_at: momentField,
});
export type AlertsBody = z.infer<typeof alertsBody>;

export const ackInput = z.strictObject({ hours: z.number().min(0.25).max(168).default(4) });

export const silenceInput = z
  .strictObject({
    kind: z.enum(['silence', 'maintenance']).default('silence'),
    rule: ruleIdField.optional(),
    instance: idField.optional(),
    cluster: idField.optional(),
    /** Epoch ms; now when absent. */
    starts_at: z.number().int().min(0).max(4_102_444_800_000).optional(),
    ends_at: z.number().int().min(0).max(4_102_444_800_000),
    reason: lineField(300),
  })
  .superRefine((given, ctx) => {
    const start = given.starts_at ?? Date.now();
    const issue = (field: string, message: string) =>
      ctx.addIssue({ code: 'custom', message, path: [field] });
    if (given.ends_at <= Math.max(start, Date.now()))
      issue('ends_at', 'is past, or before starts_at');
    else if (given.ends_at - start > 31 * day)
      issue('ends_at', 'is more than 31 days after starts_at');
    if (!given.rule && !given.instance && !given.cluster)
      issue('instance', 'a rule, an instance or a cluster must be given');
  });
export const silenceBody = z.object({
  id: z.string(),
  kind: z.enum(['silence', 'maintenance']),
  rule: z.string().nullable(),
  instance: z.string().nullable(),
  instance_name: z.string().nullable(),
  cluster: z.string().nullable(),
  cluster_name: z.string().nullable(),
  starts_at: z.number(),
  ends_at: z.number(),
  reason: z.string(),
  created_by: z.string(),
});
export type SilenceBody = z.infer<typeof silenceBody>;
export const silencesBody = z.object({ silences: z.array(silenceBody) });

const channelKind = z.enum(['slack', 'webhook', 'pagerduty', 'email']);
const mailField = z.email('is not an e-mail address').max(254);
const smtpField = z
  .strictObject({
    host: hostField,
    port: portField,
    /** TLS at once, by STARTTLS, or none: only inside the network and without a user. */
    tls: z.enum(['implicit', 'starttls', 'none']),
    user: lineField(254).nullable().default(null),
    from: mailField,
    to: z.array(mailField).min(1, 'must be given').max(20, 'has more than 20 addresses'),
  })
  .refine(({ tls, user }) => tls !== 'none' || user === null, {
    ...{ message: 'is needed where a user signs in', path: ['tls'] },
  });
const channelFields = {
  name: lineField(63),
  language: z.enum(['en', 'ja']),
  zone: zoneField,
  least_level: levelField,
  enabled: z.boolean(),
  /** Lets it reach addresses inside the network and plain http. */
  allow_private: z.boolean(),
  /** Where it goes: a secret, never given back. */
  url: secretField(2000),
  /** A routing key of PagerDuty, or what signs a webhook: a secret, never given back. */
  key: secretField(500),
  /** Of e-mail: the mail server and the addresses. `key` is the password of its user. */
  smtp: smtpField,
};
const neededOf = { slack: 'url', webhook: 'url', pagerduty: 'key', email: 'smtp' } as const;
export const channelInput = z
  .strictObject({
    name: channelFields.name,
    kind: channelKind,
    language: channelFields.language.default('en'),
    zone: channelFields.zone.default('UTC'),
    least_level: channelFields.least_level.default('warning'),
    enabled: channelFields.enabled.default(true),
    allow_private: channelFields.allow_private.default(false),
    url: channelFields.url.optional(),
    key: channelFields.key.optional(),
    smtp: channelFields.smtp.optional(),
  })
  .superRefine((given, ctx) => {
    const field = neededOf[given.kind];
    if (!given[field]) ctx.addIssue({ code: 'custom', message: 'must be given', path: [field] });
    if (given.smtp?.user && !given.key)
      ctx.addIssue({ code: 'custom', message: 'must be given for the user', path: ['key'] });
    if (given.smtp?.tls === 'none' && !given.allow_private)
      ctx.addIssue({
        code: 'custom',
        message: 'is needed outside the network',
        path: ['smtp', 'tls'],
      });
  });
export const channelPatch = z.strictObject(channelFields).partial();
export const channelBody = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['slack', 'webhook', 'pagerduty', 'email']),
  language: z.enum(['en', 'ja']),
  zone: z.string(),
  least_level: levelField,
  enabled: z.boolean(),
  allow_private: z.boolean(),
  secret_stored: z.boolean(),
  /** Of e-mail; null for other kinds. */
  smtp: smtpField.nullable(),
  broken: z.object({ reason: z.string(), at: z.number() }).nullable(),
  waiting: z.number(),
  dead: z.number(),
  last_sent: momentField,
});
export type ChannelBody = z.infer<typeof channelBody>;
export const channelsBody = z.object({ channels: z.array(channelBody) });
export const channelTestBody = z.object({
  ok: z.boolean(),
  delivery: z.string(),
  state: z.enum(['waiting', 'sent', 'dead']),
  status: z.number().nullable(),
  /** What the other side said, shortened. */
  answer: z.string().nullable(),
});
export type ChannelTestBody = z.infer<typeof channelTestBody>;

export const deliveriesQuery = z.strictObject({
  channel: idField.optional(),
  state: z.enum(['waiting', 'sent', 'dead']).optional(),
  limit: countField(1, 500).default(100),
});
export const deliveryBody = z.object({
  id: z.string(),
  channel: z.string(),
  channel_name: z.string(),
  alert: z.string().nullable(),
  message: z.enum(['firing', 'resolved', 'repeat', 'test', 'broken']),
  says: textField.nullable(),
  instance_name: z.string().nullable(),
  state: z.enum(['waiting', 'sent', 'dead']),
  created_at: z.number(),
  finished_at: momentField,
  next_at: momentField,
  attempts: z.array(
    z.object({
      at: z.number(),
      outcome: z.string(),
      status: z.number().nullable(),
      answer: z.string().nullable(),
      duration_ms: z.number(),
    }),
  ),
});
export type DeliveryBody = z.infer<typeof deliveryBody>;
export const deliveriesBody = z.object({ deliveries: z.array(deliveryBody) });
