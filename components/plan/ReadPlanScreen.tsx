/** A plan that is pasted: read on the server, shown with its findings, kept nowhere. */
'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Failure } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Textarea } from '@/components/ui/Input';
import { CallError } from '@/lib/client/call';
import { readPlanText } from '@/lib/client/statements';
import { PlanExecutionFacts } from './PlanExecutionFacts';
import { type PlanForm, PlanView } from './PlanView';

/** What the server says in the reader's language; anything else in its own words. */
const problems = [
  'plan_empty',
  'plan_no_plan',
  'plan_xml',
  'plan_yaml',
  'plan_json',
  'plan_json_no_plan',
  'plan_too_large',
  'plan_line',
] as const;

export function ReadPlanScreen() {
  const t = useTranslations('plan.read');
  const [text, setText] = useState('');
  const [statement, setStatement] = useState('');
  const [form, setForm] = useState<PlanForm>('tree');
  const [node, setNode] = useState<string | null>(null);
  const reading = useMutation({ mutationFn: () => readPlanText(text, statement) });
  const { data, error } = reading;
  const read = () => {
    setNode(null);
    reading.mutate();
  };
  const known = error instanceof CallError ? problems.find((one) => one === error.code) : undefined;
  const line = error ? Number(/line (\d+)/.exec(error.message)?.[1] ?? 0) : 0;
  const ofText = error instanceof CallError ? error.fields.text : undefined;
  const wrong = known ? t(`problem.${known}`, { line }) : ofText;
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <form
        className="flex flex-col gap-3 rounded-md border border-line bg-raised p-4"
        onSubmit={(event) => {
          event.preventDefault();
          read();
        }}
      >
        <Field label={t('text')} hint={t('textHint')} error={wrong}>
          <Textarea
            value={text}
            onChange={(event) => setText(event.target.value)}
            rows={data ? 5 : 14}
            spellCheck={false}
            autoComplete="off"
            className="whitespace-pre font-mono text-[12px] max-sm:text-[16px]"
            placeholder={'Seq Scan on orders  (cost=0.00..2084.00 rows=16 width=8) (actual …)'}
          />
        </Field>
        <Field label={t('statement')} hint={t('statementHint')}>
          <Textarea
            value={statement}
            onChange={(event) => setStatement(event.target.value)}
            rows={2}
            spellCheck={false}
            autoComplete="off"
            className="font-mono text-[12px] max-sm:text-[16px]"
          />
        </Field>
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            variant="primary"
            disabled={text.trim() === '' || reading.isPending}
          >
            {t('submit')}
          </Button>
          <span className="text-[12px] text-muted">{t('notKept')}</span>
        </div>
      </form>
      {error && !wrong && <Failure title={t('failed')} error={error} retry={read} />}
      {data && !error && (
        <section aria-label={t('result')} className="flex flex-col gap-4">
          <PlanExecutionFacts execution={data.plan.execution} />
          <PlanView
            key={reading.submittedAt}
            plan={{ root: data.plan.root, findings: data.findings }}
            form={form}
            selected={node}
            onForm={setForm}
            onSelect={setNode}
          />
        </section>
      )}
    </Screen>
  );
}
