'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import type { ServiceDetailBody } from '@/lib/contract';
import { type BudgetPart, budgetParts } from '@/lib/service/objectives';
import { BudgetDialog } from './BudgetDialog';
import { useNumbers } from './use-numbers';

const tints: Record<BudgetPart, string> = {
  application_ms: 'bg-application',
  database_ms: 'bg-database',
  network_ms: 'bg-infrastructure',
  other_ms: 'bg-line-strong',
};

/** The latency budget: how long each part of a request may take, and took on average of those that were traced. */
export function BudgetPanel({ service, edits }: { service: ServiceDetailBody; edits: boolean }) {
  const t = useTranslations('service.budget');
  const { ms, count } = useNumbers();
  const [editing, setEditing] = useState(false);
  const { budget, parts } = service;
  const total = budgetParts.reduce((sum, part) => sum + budget[part], 0);
  return (
    <section className="flex flex-col gap-3 rounded-md border border-line bg-raised p-3">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h2 className="font-semibold text-[14px]">{t('title', { total: ms(total) })}</h2>
        {edits && (
          <Button size="small" onClick={() => setEditing(true)}>
            {t('change')}
          </Button>
        )}
      </div>
      <p className="text-[12px] text-muted">
        {parts ? t('measured', { count: count(parts.traced_requests) }) : t('unmeasured')}
      </p>
      <dl className="flex flex-col gap-2">
        {budgetParts.map((part) => (
          <Part key={part} part={part} may={budget[part]} took={parts?.[part] ?? null} />
        ))}
      </dl>
      <BudgetDialog open={editing} service={service} onClose={() => setEditing(false)} />
    </section>
  );
}

function Part({ part, may, took }: { part: BudgetPart; may: number; took: number | null }) {
  const t = useTranslations('service.budget');
  const { ms } = useNumbers();
  const over = took !== null && took > may;
  const filled = took === null || may === 0 ? 0 : Math.min(1, took / may);
  return (
    <div className="grid grid-cols-[minmax(7rem,1fr)_2fr] items-center gap-x-3 gap-y-0.5">
      <dt>{t(`part.${part}`)}</dt>
      <dd className="flex flex-col gap-1">
        <span className="flex justify-between gap-2 text-[12px] tabular-nums">
          <span>{took === null ? t('unknown') : t('spent', { took: ms(took), may: ms(may) })}</span>
          <span className={over ? 'text-warning' : 'text-muted'}>
            {took !== null &&
              (over ? t('over', { over: ms(took - may) }) : t('left', { left: ms(may - took) }))}
          </span>
        </span>
        <span aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-sunken">
          <span
            className={`block h-full rounded-full ${over ? 'bg-warning' : tints[part]}`}
            style={{ width: `${filled * 100}%` }}
          />
        </span>
      </dd>
    </div>
  );
}
