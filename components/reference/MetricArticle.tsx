'use client';

import { useFormatter, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { CatalogMetric } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { MetricSql } from './MetricSql';

const ENGINES = ['postgres', 'mysql', 'mariadb', 'host'] as const;
const UNITS = ['count', 'bytes', 'ms', 'ratio', 'xids', 'blocks'] as const;
const COST_TONES = { low: 'plain', medium: 'warning', high: 'critical' } as const;

/** One metric of the reference, reachable by `#its.id`. */
export function MetricArticle({ metric, locale }: { metric: CatalogMetric; locale: Locale }) {
  const t = useTranslations('reference');
  const amount = useAmount();
  const engine = ENGINES.find((each) => each === metric.engine);
  return (
    <article
      id={metric.id}
      className="scroll-mt-16 rounded-md border border-line bg-raised p-4 target:border-accent [content-visibility:auto] [contain-intrinsic-size:auto_600px]"
    >
      <header className="flex flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="font-semibold text-[16px]">{metric.title[locale]}</h2>
          <a
            href={`#${metric.id}`}
            aria-label={t('link', { metric: metric.title[locale] })}
            className="font-mono text-[12px] text-muted hover:text-accent"
          >
            {metric.id}
          </a>
        </div>
        <p className="flex flex-wrap gap-1.5">
          <Badge>{engine ? t(`engine.${engine}`) : metric.engine}</Badge>
          <Badge>{t(`layer.${metric.layer}`)}</Badge>
          <Badge>{t('every', { interval: amount.time(metric.every_s * 1000) })}</Badge>
          <Badge>{t('timeout', { interval: amount.time(metric.timeout_s * 1000) })}</Badge>
          <Badge>{t(`on.${metric.on}`)}</Badge>
          <Badge tone={COST_TONES[metric.cost]} title={t('cost.hint')}>
            {t('cost.label')}: {t(`cost.${metric.cost}`)}
          </Badge>
        </p>
        <p className="max-w-prose text-[13px] leading-relaxed">{metric.help[locale]}</p>
      </header>
      <Part title={t('needs')}>
        {metric.needs.length === 0 ? (
          <p className="text-muted">{t('needsNone')}</p>
        ) : (
          <ul className="flex flex-col gap-0.5">
            {metric.needs.map((need) => (
              <li key={JSON.stringify(need)}>
                <Need need={need} />
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Part title={t('columns')}>
        <Table stack caption={t('columns')}>
          <thead>
            <tr>
              <Th>{t('column.name')}</Th>
              <Th>{t('column.kind')}</Th>
              <Th>{t('column.unit')}</Th>
              <Th>{t('column.help')}</Th>
            </tr>
          </thead>
          <tbody>
            {metric.columns.map((column) => {
              const unit = UNITS.find((each) => each === column.unit);
              return (
                <Tr key={column.name}>
                  <Td className="font-mono text-[12px]">{column.name}</Td>
                  <Td label={t('column.kind')}>{t(`kind.${column.kind}`)}</Td>
                  <Td label={t('column.unit')}>{unit ? t(`unit.${unit}`) : (column.unit ?? '')}</Td>
                  <Td className="min-w-56">
                    {column.help?.[locale] ??
                      (column.kind === 'label' ? t('kind.labelHint') : null)}
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      </Part>
      {metric.sql.length > 0 && (
        <Part title={t('sql')}>
          <MetricSql queries={metric.sql} />
        </Part>
      )}
      <Part title={t('alerts')}>
        {metric.alerts.length === 0 ? (
          <p className="text-muted">{t('alertsNone')}</p>
        ) : (
          <ul className="flex flex-col gap-3">
            {metric.alerts.map((alert) => (
              <Alert key={alert.id} alert={alert} metric={metric} locale={locale} />
            ))}
          </ul>
        )}
      </Part>
      <p className="mt-4 text-[12px] text-muted">
        {t('source')}: <span className="font-mono">{metric.source}</span>
      </p>
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-4">
      <h3 className="mb-1.5 font-medium text-[12px] text-muted">{title}</h3>
      {children}
    </section>
  );
}

function Need({ need }: { need: Readonly<Record<string, string>> }) {
  const t = useTranslations('reference.need');
  if (need.role) return t('role', { name: need.role });
  if (need.extension) return t('extension', { name: need.extension });
  if (need.setting) return t('setting', { name: need.setting, value: need.value ?? '' });
  if (need.log) return t('log');
  if (need.heartbeat) return t('heartbeat');
  if (need.privilege) return t('privilege', { name: need.privilege });
  if (need.consumer) return t('consumer', { name: need.consumer });
  if (need.instrument) return t('instrument', { name: need.instrument });
  if (need.variable) return t('variable', { name: need.variable, value: need.value ?? '' });
  return JSON.stringify(need);
}

type Alerts = CatalogMetric['alerts'][number];

function Alert(props: { alert: Alerts; metric: CatalogMetric; locale: Locale }) {
  const { alert, metric, locale } = props;
  const t = useTranslations('reference');
  const amount = useAmount();
  const format = useFormatter();
  const unit = metric.columns.find(({ name }) => name === alert.on)?.unit;
  const value = (number: number) =>
    unit === 'bytes'
      ? amount.bytes(number)
      : unit === 'ms'
        ? amount.time(number)
        : unit === 'ratio'
          ? amount.share(number)
          : format.number(number);
  const limits = (['warning', 'critical'] as const).flatMap((severity) => {
    const above = alert.above?.[severity];
    const below = alert.below?.[severity];
    if (above !== undefined) return [{ severity, text: t('alert.above', { value: value(above) }) }];
    if (below !== undefined) return [{ severity, text: t('alert.below', { value: value(below) }) }];
    return [];
  });
  return (
    <li className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-mono text-[12px]">{alert.on}</span>
        {limits.map(({ severity, text }) => (
          <span key={severity} className="flex items-center gap-1.5">
            <StatusMark status={severity} /> {text}
          </span>
        ))}
        <span className="text-muted">{t('alert.for', { duration: alert.for })}</span>
      </p>
      <p className="max-w-prose leading-relaxed">{alert.says[locale]}</p>
      <p className="max-w-prose text-muted leading-relaxed">{alert.fix[locale]}</p>
    </li>
  );
}
