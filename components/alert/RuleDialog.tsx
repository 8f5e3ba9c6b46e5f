/** A rule's form, with the chart of what it watches and what it would have done. */
'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { MetricPanel } from '@/components/panel/MetricPanel';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { catalogOptions } from '@/lib/client/admin';
import { backtestRule, changeRule, makeRule, type RuleDraft } from '@/lib/client/alerts';
import { CallError } from '@/lib/client/call';
import { instancesOptions } from '@/lib/client/instances';
import type { RuleBody } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { definitionEngine } from '@/lib/metric/engine-source';
import { BacktestResult } from './BacktestResult';

const dayMs = 24 * 3_600_000;
const noMarks: never[] = [];
const numberOf = (text: string) => (text.trim() === '' ? null : Number(text));

export function RuleDialog({ rule, onClose }: { rule: RuleBody | null; onClose: () => void }) {
  const t = useTranslations('alerts');
  const locale = useLocale() as Locale;
  const queries = useQueryClient();
  const metrics = useQuery(catalogOptions()).data?.metrics;
  const instances = useQuery(instancesOptions()).data?.instances;
  const [metricId, setMetric] = useState(rule?.metric ?? 'postgres.connection-use');
  const [column, setColumn] = useState(rule?.column ?? 'used_ratio');
  const [says, setSays] = useState('');
  const [direction, setDirection] = useState(rule?.direction ?? 'above');
  const [warning, setWarning] = useState(String(rule?.warning ?? ''));
  const [critical, setCritical] = useState(String(rule?.critical ?? ''));
  const [recovery, setRecovery] = useState(String(rule?.recovery ?? ''));
  const [forS, setFor] = useState(String((rule?.for_ms ?? 60_000) / 1000));
  const [keepS, setKeep] = useState(String((rule?.keep_firing_ms ?? 60_000) / 1000));
  const draft: RuleDraft = {
    ...{ direction, warning: numberOf(warning), critical: numberOf(critical) },
    ...{ recovery: numberOf(recovery), for_ms: Math.round(Number(forS) * 1000) },
    keep_firing_ms: Math.round(Number(keepS) * 1000),
  };
  const metric = metrics?.find((one) => one.id === metricId);
  const columns = metric?.columns.filter((one) => one.kind === 'gauge' || one.kind === 'counter');
  const scope = rule?.scope ?? {};
  const testing = useMutation({
    mutationFn: () => backtestRule({ ...draft, metric: metricId, column, scope }),
  });
  const saving = useMutation({
    mutationFn: () =>
      rule
        ? changeRule({ id: rule.id, ...draft })
        : makeRule({
            ...draft,
            metric: metricId,
            column,
            says: { en: says.trim(), ja: says.trim() },
          }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['rules'] });
    },
  });
  const error = saving.error ?? testing.error;
  const fields = error instanceof CallError ? error.fields : {};
  // Held still while the form is open.
  const window = useMemo(() => ({ from: Date.now() - dayMs, to: Date.now() }), []);
  const watched = (instances ?? [])
    .filter((one) => definitionEngine(one.engine) === metricId.split('.', 1)[0])
    .slice(0, 10);
  const number = (
    name: 'warning' | 'critical' | 'recovery',
    value: string,
    set: (v: string) => void,
  ) => (
    <Field label={t(`rules.${name}`)} error={fields[name]}>
      <Input type="number" step="any" value={value} onChange={(event) => set(event.target.value)} />
    </Field>
  );
  return (
    <Dialog
      open
      wide
      title={rule ? rule.says[locale] : t('rules.new')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button disabled={testing.isPending} onClick={() => testing.mutate()}>
            {testing.isPending ? t('backtest.running') : t('backtest.run')}
          </Button>
          <Button
            variant="primary"
            disabled={saving.isPending || (!rule && says.trim() === '')}
            onClick={() => saving.mutate()}
          >
            {t('rules.save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {!rule && (
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label={t('rules.metric')} error={fields.metric}>
              <Select
                value={metricId}
                onChange={(event) => {
                  setMetric(event.target.value);
                  const next = metrics?.find((one) => one.id === event.target.value);
                  setColumn(next?.columns.find((one) => one.unit !== null)?.name ?? '');
                }}
              >
                {metrics?.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.title[locale]} ({one.id})
                  </option>
                ))}
              </Select>
            </Field>
            <Field label={t('rules.column')} error={fields.column}>
              <Select value={column} onChange={(event) => setColumn(event.target.value)}>
                {columns?.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label={t('rules.says')} error={fields['says.en']} className="sm:col-span-2">
              <Input
                value={says}
                maxLength={200}
                onChange={(event) => setSays(event.target.value)}
              />
            </Field>
          </div>
        )}
        {metric && watched.length > 0 && (
          <MetricPanel
            metric={metric}
            panel={{ id: 'rule', title: { en: column, ja: column }, show: 'line', y: [column] }}
            instances={watched}
            window={window}
            marks={noMarks}
          />
        )}
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label={t('rules.direction')} error={fields.direction}>
            <Select
              value={direction}
              onChange={(event) => setDirection(event.target.value === 'below' ? 'below' : 'above')}
            >
              <option value="above">{t('rules.above')}</option>
              <option value="below">{t('rules.below')}</option>
            </Select>
          </Field>
          {number('warning', warning, setWarning)}
          {number('critical', critical, setCritical)}
          <Field label={t('rules.forSeconds')} error={fields.for_ms}>
            <Input
              type="number"
              min={0}
              value={forS}
              onChange={(event) => setFor(event.target.value)}
            />
          </Field>
          {number('recovery', recovery, setRecovery)}
          <Field label={t('rules.keepSeconds')} error={fields.keep_firing_ms}>
            <Input
              type="number"
              min={0}
              value={keepS}
              onChange={(event) => setKeep(event.target.value)}
            />
          </Field>
        </div>
        {testing.data && <BacktestResult result={testing.data} />}
        {error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
