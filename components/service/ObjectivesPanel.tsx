'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { Failure } from '@/components/screen/Faces';
import { Button } from '@/components/ui/Button';
import { StatusMark } from '@/components/ui/StatusMark';
import { removeObjective } from '@/lib/client/services';
import type { ObjectiveBody, ServiceDetailBody } from '@/lib/contract';
import { burnPairs } from '@/lib/service/objectives';
import { ObjectiveDialog } from './ObjectiveDialog';
import { ObjectiveName } from './ObjectiveName';
import { useNumbers } from './use-numbers';

const dayMs = 24 * 3_600_000;

/** Objectives with what is left of their error budgets and how fast it goes. */
export function ObjectivesPanel({
  service,
  edits,
}: {
  service: ServiceDetailBody;
  edits: boolean;
}) {
  const t = useTranslations('service');
  const queries = useQueryClient();
  const [editing, setEditing] = useState<ObjectiveBody | 'new' | null>(null);
  const removing = useMutation({
    mutationFn: removeObjective,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['service'] }),
  });
  return (
    <section className="flex flex-col gap-3 rounded-md border border-line bg-raised p-3">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h2 className="font-semibold text-[14px]">{t('objectives')}</h2>
        {edits && (
          <Button size="small" onClick={() => setEditing('new')}>
            {t('addObjective')}
          </Button>
        )}
      </div>
      {removing.error && <Failure title={t('notSaved')} error={removing.error} />}
      <ul className="flex flex-col gap-3">
        {service.objectives.map((one) => (
          <li key={one.id ?? 'default'} className="flex flex-col gap-1 border-line border-t pt-2">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <p className="flex items-center gap-2 font-medium">
                <StatusMark status={one.state} />
                <ObjectiveName objective={one} />
              </p>
              {edits && one.id !== null && (
                <span className="flex gap-2">
                  <Button size="small" variant="quiet" onClick={() => setEditing(one)}>
                    {t('change')}
                  </Button>
                  <Button
                    size="small"
                    variant="quiet"
                    disabled={removing.isPending}
                    onClick={() => removing.mutate(one.id ?? '')}
                  >
                    {t('remove')}
                  </Button>
                </span>
              )}
            </div>
            <Standing objective={one} since={service.first_seen} />
          </li>
        ))}
      </ul>
      {editing && (
        <ObjectiveDialog
          service={service.id}
          objective={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}

function Standing({ objective: one, since }: { objective: ObjectiveBody; since: number }) {
  const t = useTranslations('service');
  const { ratio, target, count, decimal } = useNumbers();
  if (one.total === null || one.ratio === null)
    return <p className="text-[12px] text-unknown">{t('notServed')}</p>;
  return (
    <div className="flex flex-col gap-1 text-[12px] text-muted tabular-nums">
      <p>
        {t('reached', {
          ratio: target(one.ratio),
          good: count(one.good),
          total: count(one.total),
          days: one.window_days,
        })}
        {one.good_bounds &&
          ` ${t('goodBounds', { least: count(one.good_bounds[0]), most: count(one.good_bounds[1]) })}`}
      </p>
      {Date.now() - since < one.window_days * dayMs && (
        <p>{t.rich('knownSince', { ago: () => <Ago at={since} /> })}</p>
      )}
      <p className={one.budget_left !== null && one.budget_left <= 0 ? 'text-warning' : ''}>
        {t('budgetLeft', { left: ratio(one.budget_left) })}
      </p>
      {burnPairs.map(({ long, short, rate }) => (
        <p key={long}>
          {t('burn', {
            ...{ long: t(`window.${long}`), short: t(`window.${short}`), limit: decimal(rate) },
            ...{ a: decimal(one.burn[long]), b: decimal(one.burn[short]) },
          })}
        </p>
      ))}
      {one.id === null && <p>{t('defaultObjective')}</p>}
    </div>
  );
}
