/** What a message is made of: kept with it, so that a late or repeated one says what was so then. Pure. */
import type { Text, Unit } from '@/lib/metric/define-metric';
import type { Change } from './evaluate-rules';
import type { Level } from './rule';
import type { Message, Reason, Transition } from './transition';

export type AlertContent = {
  kind: 'alert';
  message: Message;
  alert: string | null;
  rule: string;
  says: Text;
  fix: Text;
  runbook: string | null;
  instance: { id: string; name: string; role: string };
  cluster: { id: string; name: string };
  labels: Record<string, string>;
  metric: string;
  column: string;
  unit: Unit;
  per_second: boolean;
  level: Level | null;
  direction: 'above' | 'below';
  value: number | null;
  threshold: number | null;
  peak: number | null;
  reason: Reason;
  at: number;
  fired_at: number | null;
  resolved_at: number | null;
};

/** Facts of an alert, for its message and for the pages when its rule or instance is gone. */
export function contentOf(change: Change, transition: Transition | null): AlertContent {
  const { rule, instance, next, condition, facts } = change;
  const none = facts?.says ?? { en: change.ruleId, ja: change.ruleId };
  return {
    kind: 'alert',
    message: transition?.message ?? 'firing',
    alert: change.alertId,
    rule: change.ruleId,
    says: rule?.says ?? none,
    fix: rule?.fix ?? facts?.fix ?? { en: '', ja: '' },
    runbook: rule?.runbook ?? facts?.runbook ?? null,
    instance: {
      id: String(change.instanceId),
      name: instance?.name ?? facts?.instance.name ?? String(change.instanceId),
      role: instance?.role ?? facts?.instance.role ?? 'unknown',
    },
    cluster: {
      id: String(instance?.clusterId ?? facts?.cluster.id ?? ''),
      name: instance?.cluster ?? facts?.cluster.name ?? '',
    },
    labels: change.labels,
    metric: rule?.metric ?? facts?.metric ?? '',
    column: rule?.column ?? facts?.column ?? '',
    unit: rule?.unit ?? facts?.unit ?? 'count',
    per_second: rule?.perSecond ?? facts?.per_second ?? false,
    level: transition?.level ?? next.level,
    direction: condition.direction,
    value: next.value,
    threshold: transition?.threshold ?? null,
    peak: next.peak,
    reason: transition?.reason ?? 'threshold',
    at: transition?.at ?? next.since,
    fired_at: next.firedAt,
    resolved_at: next.resolvedAt,
  };
}
