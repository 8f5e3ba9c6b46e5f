/** Rules: the defaults of the definitions, those built in for every instance, and what people changed. Pure. */
import {
  durationMs,
  type Engine,
  type Metric,
  type Text,
  type Unit,
} from '@/lib/metric/define-metric';
import { definitionEngine } from '@/lib/metric/engine-source';
import { derivedRules } from './derived-rules';
import type { Condition } from './rule';

export type Rule = Condition & {
  /** `metric/alert` for a default, `custom/<number>` for one that a person made. */
  id: string;
  /** A metric's id, or `instance` for what is known of every instance. */
  metric: string;
  column: string;
  unit: Unit;
  /** A counter's threshold is a rate per second. */
  perSecond: boolean;
  says: Text;
  fix: Text;
  runbook: string | null;
  enabled: boolean;
  /** Only instances with these labels; all when empty. */
  scope: Record<string, string>;
  origin: 'default' | 'changed' | 'custom';
};

/** What is stored of a rule that a person changed or made. */
export type StoredRule = Partial<Omit<Rule, 'id' | 'origin'>>;

const minute = 60_000;
const builtIn: Rule[] = [
  {
    id: 'instance/down',
    metric: 'instance',
    column: 'down',
    says: { en: 'The instance does not answer.', ja: 'インスタンスが応答しません。' },
    fix: {
      en: 'Look whether the server runs and can be reached from the collector; its log says why it stopped.',
      ja: 'サーバーが動いているか、コレクターから到達できるかを確認してください。停止の理由はサーバーのログにあります。',
    },
    ...common({ critical: 0, forMs: 20_000 }),
  },
  {
    id: 'instance/no-data',
    metric: 'instance',
    column: 'metrics_without_data',
    says: {
      en: 'Some metrics of the instance are no longer read.',
      ja: '一部のメトリクスを読み取れなくなっています。',
    },
    fix: {
      en: 'Open the instance: each metric that is not read says why and what to run.',
      ja: 'インスタンスの画面を開いてください。読み取れないメトリクスごとに理由と対処が示されています。',
    },
    ...common({ warning: 0, forMs: minute }),
  },
];

function common(condition: { warning?: number; critical?: number; forMs: number }) {
  return {
    ...{ unit: 'count' as const, perSecond: false, runbook: null, enabled: true, scope: {} },
    ...{ origin: 'default' as const, direction: 'above' as const },
    warning: condition.warning ?? null,
    critical: condition.critical ?? null,
    forMs: condition.forMs,
    ...{ recovery: null, keepFiringMs: 0 },
  };
}

/** The rules that exist from the first minute. */
export function defaultRules(metrics: readonly Metric[]): Rule[] {
  const fromMetrics = metrics.flatMap((metric) =>
    metric.alerts.map((alert): Rule => {
      const column = metric.columns[alert.on];
      const bounds = alert.above ?? alert.below ?? {};
      return {
        ...{ id: `${metric.id}/${alert.id}`, metric: metric.id, column: alert.on },
        unit: column && 'unit' in column ? column.unit : 'count',
        perSecond: column?.kind === 'counter',
        ...{ says: alert.says, fix: alert.fix, runbook: null, enabled: true, scope: {} },
        origin: 'default',
        direction: alert.above ? 'above' : 'below',
        warning: bounds.warning ?? null,
        critical: bounds.critical ?? null,
        forMs: durationMs(alert.for),
        recovery: null,
        keepFiringMs: Math.min(Math.max(2 * metric.everyMs, 30_000), 5 * minute),
      };
    }),
  );
  return [...builtIn, ...derivedRules, ...fromMetrics];
}

/** Defaults with what people changed, then what people made. */
export function mergeRules(
  defaults: readonly Rule[],
  stored: readonly { id: string; body: StoredRule }[],
): Rule[] {
  const changed = new Map(stored.map(({ id, body }) => [id, body]));
  const known = new Set(defaults.map(({ id }) => id));
  const merged = defaults.map((rule): Rule => {
    const body = changed.get(rule.id);
    return body ? { ...rule, ...body, origin: 'changed' } : rule;
  });
  const made = stored
    .filter(({ id }) => id.startsWith('custom/') && !known.has(id))
    .map(({ id, body }): Rule => ({ ...(body as Rule), id, origin: 'custom' }));
  return [...merged, ...made];
}

/** The deciding part of a rule, in a fixed order, so that two can be compared as text. */
export function conditionOf(rule: Condition): Condition {
  const { direction, warning, critical, forMs, recovery, keepFiringMs } = rule;
  return { direction, warning, critical, forMs, recovery, keepFiringMs };
}

/** Whether a rule speaks of an instance at all. */
export function appliesTo(
  rule: Rule,
  instance: { engine: Engine; labels: Record<string, string> },
): boolean {
  if (!rule.enabled) return false;
  const engine = rule.metric.split('.', 1)[0] ?? '';
  if (['postgres', 'mysql'].includes(engine) && engine !== definitionEngine(instance.engine))
    return false;
  return Object.entries(rule.scope).every(([name, value]) => instance.labels[name] === value);
}
