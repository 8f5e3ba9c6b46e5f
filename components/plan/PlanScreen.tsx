'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Badge } from '@/components/ui/Badge';
import { EmptyState } from '@/components/ui/EmptyState';
import { CallError } from '@/lib/client/call';
import { instancesOptions } from '@/lib/client/instances';
import { planOptions } from '@/lib/client/statements';
import { useAddress } from '@/lib/client/use-address';
import { type PlanForm, PlanView } from './PlanView';
import { isExample } from './plan-origin';

/** One stored plan; the form and the chosen step are in the address. */
export function PlanScreen({ id }: { id: string }) {
  const t = useTranslations('plan');
  const { get, set } = useAddress();
  const query = useQuery(planOptions(id));
  const instances = useQuery(instancesOptions());
  const plan = query.data;
  const instance = instances.data?.instances.find((each) => each.id === plan?.instance);
  const form: PlanForm = (['text', 'json'] as const).find((each) => each === get('form')) ?? 'tree';

  if (query.error instanceof CallError && [404, 422].includes(query.error.status))
    return (
      <Screen title={t('title')}>
        <EmptyState title={t('notFound.title')}>{t('notFound.body')}</EmptyState>
      </Screen>
    );
  return (
    <Screen
      title={t('titleOf')}
      above={
        plan && instance ? (
          <Link
            href={`/clusters/${instance.cluster_id}/statements/${encodeURIComponent(plan.statement)}`}
            className="hover:text-text hover:underline"
          >
            ← {t('back')}
          </Link>
        ) : (
          <span aria-hidden="true">&nbsp;</span>
        )
      }
      lead={
        plan && (
          <span className="flex flex-wrap items-center gap-2 text-[13px]">
            <span>
              {t.rich('takenOn', {
                when: () => <Ago at={plan.captured_at} clock />,
                instance: instance?.name ?? plan.instance,
              })}
            </span>
            {plan.generic && <Badge title={t('genericHint')}>{t('generic')}</Badge>}
            {isExample(plan) && <Badge title={t('exampleHint')}>{t('example')}</Badge>}
          </span>
        )
      }
    >
      {plan ? (
        <>
          <PlanView
            key={plan.id}
            plan={plan}
            form={form}
            selected={get('node')}
            onForm={(next) => set({ form: next === 'tree' ? null : next })}
            onSelect={(node) => set({ node })}
          />
          {plan.generic && (
            <p className="max-w-prose text-[12px] text-muted leading-relaxed">{t('genericHint')}</p>
          )}
          {isExample(plan) && (
            <p className="max-w-prose text-[12px] text-muted leading-relaxed">{t('exampleHint')}</p>
          )}
        </>
      ) : query.error ? (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      ) : (
        <div className="rounded-md border border-line bg-raised">
          <LoadingRows rows={8} />
        </div>
      )}
    </Screen>
  );
}
