'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { isExample } from '@/components/plan/plan-origin';
import { Ago } from '@/components/screen/Ago';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { Button, buttonClass } from '@/components/ui/Button';
import { Select } from '@/components/ui/Input';
import { StatusMark } from '@/components/ui/StatusMark';
import { explain } from '@/lib/client/statements';
import type { ExplainBody, StatementBody, StatementDetailBody } from '@/lib/contract';
import { SqlToRun } from './SqlToRun';
import { visibleText } from './sql-tokens';

type ExplainPanelProps = {
  statement: string;
  instances: readonly { id: string; name: string; explain_enabled: boolean }[];
  rows: readonly StatementBody[];
  plans: StatementDetailBody['plans'];
};

const dayMs = 24 * 60 * 60 * 1000;

/** Asks an instance for the plan; every answer that is not a plan says why and what helps. */
export function ExplainPanel({ statement, instances, rows, plans }: ExplainPanelProps) {
  const t = useTranslations('statement.explain');
  const queries = useQueryClient();
  const busiest = rows.flatMap((row) => row.instances)[0];
  const [chosen, setChosen] = useState<string | null>(null);
  const instance = instances.find(({ id }) => id === (chosen ?? busiest)) ?? instances[0] ?? null;
  const [opened] = useState(() => Date.now());
  // Who asks again with a plan in view wants a new one, not the same from the store.
  const fresh = plans.some(
    (plan) => plan.instance === instance?.id && plan.checked_at > opened - dayMs,
  );
  const asking = useMutation({
    mutationFn: (id: string) => explain(statement, id, fresh),
    onSuccess: (answer) => {
      if (answer.status === 'ok')
        void queries.invalidateQueries({ queryKey: ['statement', statement] });
    },
  });
  if (!instance) return <p className="text-muted">{t('noInstance')}</p>;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {instances.length > 1 && (
          <Select
            aria-label={t('instance')}
            value={instance.id}
            onChange={(event) => {
              setChosen(event.target.value);
              asking.reset();
            }}
            className="w-auto max-w-40"
          >
            {instances.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
        <Button
          variant="primary"
          disabled={asking.isPending}
          onClick={() => asking.mutate(instance.id)}
        >
          {fresh || asking.data || asking.error
            ? t('again')
            : t('buttonOn', { instance: instance.name })}
        </Button>
      </div>
      <div role="status" className="min-h-5">
        {asking.isPending && <p className="text-muted">{t('busy', { instance: instance.name })}</p>}
        {!asking.isPending && !asking.data && !asking.error && (
          <p className="text-[12px] text-muted">{t('hint')}</p>
        )}
        {asking.error && <Answer title={t('error')} reason={asking.error.message} fix={null} />}
        {!asking.isPending && asking.data && <Outcome answer={asking.data} />}
      </div>
    </div>
  );
}

function Outcome({ answer }: { answer: ExplainBody }) {
  const t = useTranslations('statement.explain');
  const tPlan = useTranslations('plan');
  const amount = useAmount();
  if (answer.status !== 'ok')
    return <Answer title={t(answer.status)} reason={answer.reason} fix={answer.fix} />;
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <StatusMark status="ok" silent />
        <span className="font-medium">{visibleText(answer.plan.root.type)}</span>
        <span className="text-muted tabular-nums">
          {tPlan('compare.cost', { cost: amount.count(answer.plan.root.cost) })}
        </span>
        {answer.cached && (
          <span className="text-muted" title={t('cachedHint')}>
            {t.rich('cached', { ago: () => <Ago at={answer.plan.checked_at} clock /> })}
          </span>
        )}
        {answer.generic && <Badge title={t('generic')}>{tPlan('generic')}</Badge>}
        {isExample(answer.plan) && <Badge>{tPlan('example')}</Badge>}
      </p>
      {answer.generic && <p className="text-[12px] text-muted leading-relaxed">{t('generic')}</p>}
      {isExample(answer.plan) && (
        <p className="text-[12px] text-muted leading-relaxed">{tPlan('exampleHint')}</p>
      )}
      <Link
        href={`/plans/${answer.plan.id}`}
        className={`${buttonClass('secondary')} self-start`}
        data-plan-link
      >
        {t('open')}
      </Link>
    </div>
  );
}

/** A fix that is SQL is shown to be copied, any other as a sentence. */
function Answer(props: { title: string; reason: string; fix: string | null }) {
  const t = useTranslations('statement.explain');
  const isSql = props.fix !== null && /^\s*(--|GRANT|ALTER|CREATE|REVOKE|SET)\b/i.test(props.fix);
  return (
    <div className="flex flex-col gap-2">
      <p className="flex items-center gap-2 font-medium">
        <StatusMark status="warning" silent />
        {props.title}
      </p>
      <p className="break-words leading-relaxed">{visibleText(props.reason)}</p>
      {props.fix && (
        <div className="flex flex-col gap-1.5">
          <p className="text-[12px] text-muted">{isSql ? t('runThis') : t('fix')}</p>
          {isSql ? <SqlToRun sql={props.fix} /> : <p>{visibleText(props.fix)}</p>}
        </div>
      )}
    </div>
  );
}
