'use client';

import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import type { PlanExecution } from '@/lib/contract';

/** What EXPLAIN says below the tree: times, JIT, triggers, settings. Nothing where it says nothing. */
export function PlanExecutionFacts({ execution }: { execution: PlanExecution }) {
  const t = useTranslations('plan.execution');
  const amount = useAmount();
  const { jit, triggers, settings } = execution;
  const times: [string, number | null][] = [
    [t('planning'), execution.planning_ms],
    [t('executing'), execution.execution_ms],
    [t('serializing'), execution.serialization_ms],
    [t('jit'), jit?.total_ms ?? null],
  ];
  const shown = times.filter(([, ms]) => ms !== null);
  if (shown.length + triggers.length + settings.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-2 rounded-md border border-line bg-raised px-4 py-3">
      {shown.map(([name, ms]) => (
        <Fact key={name} name={name} value={amount.time(ms)} />
      ))}
      {triggers.map(({ name, ms, calls }) => (
        <Fact
          key={name}
          name={t('trigger', { name: visibleText(name) })}
          value={`${amount.time(ms)} · ${t('calls', { calls: calls ?? 0 })}`}
        />
      ))}
      {settings.map(({ name, value }) => (
        <Fact key={name} name={visibleText(name)} value={visibleText(value)} mono />
      ))}
    </dl>
  );
}

function Fact({ name, value, mono }: { name: string; value: string; mono?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="break-words text-[12px] text-muted">{name}</dt>
      <dd className={mono ? 'font-mono text-[12px]' : 'tabular-nums'}>{value}</dd>
    </div>
  );
}
