'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { progressOptions } from '@/lib/client/activity';

const operations = ['vacuum', 'analyze', 'create-index', 'cluster', 'copy', 'base-backup'] as const;
const words = {
  vacuum: 'vacuum',
  analyze: 'analyze',
  'create-index': 'createIndex',
  cluster: 'cluster',
  copy: 'copy',
  'base-backup': 'baseBackup',
} as const;

/** Long operations under way as bars; without a bar where the server does not know the total. Nothing while none runs. */
export function ProgressPanel({ instance }: { instance: string }) {
  const t = useTranslations('activity.progress');
  const amount = useAmount();
  const { data } = useQuery(progressOptions(instance));
  if (!data || data.operations.length === 0) return null;
  return (
    <section className="rounded-md border border-line bg-raised p-4">
      <h2 className="mb-3 font-semibold text-[14px]">{t('title')}</h2>
      <ul className="flex flex-col gap-3">
        {data.operations.map((one) => {
          const known = operations.find((name) => name === one.operation);
          const name = known ? t(`operation.${words[known]}`) : visibleText(one.operation);
          const bytes = one.unit === 'bytes';
          const figure = (value: number) =>
            one.unit === 'bytes'
              ? amount.bytes(value)
              : t(`unit.${one.unit}`, { count: amount.count(value) });
          return (
            <li key={one.key} className="flex flex-col gap-1">
              <div className="flex flex-wrap items-baseline gap-x-3">
                <span className="font-medium">{name}</span>
                {one.table && (
                  <bdi className="break-all font-mono text-[12px]">{visibleText(one.table)}</bdi>
                )}
                {one.database && (
                  <bdi className="text-[12px] text-muted">{visibleText(one.database)}</bdi>
                )}
                <span className="text-muted">{visibleText(one.phase)}</span>
                <span className="ml-auto whitespace-nowrap text-[12px] text-muted tabular-nums">
                  {one.running_ms !== null && t('running', { time: amount.time(one.running_ms) })}
                </span>
              </div>
              <div className="flex items-center gap-3">
                {one.share !== null && (
                  <div
                    role="progressbar"
                    aria-label={`${name} ${one.table ?? ''}`}
                    aria-valuemin={0}
                    aria-valuemax={100}
                    aria-valuenow={Math.floor(one.share * 100)}
                    className="h-2 min-w-0 max-w-xl flex-1 overflow-hidden rounded-full bg-sunken"
                  >
                    <div
                      className="h-full rounded-full bg-accent"
                      style={{ width: `${one.share * 100}%` }}
                    />
                  </div>
                )}
                <span className="whitespace-nowrap text-[12px] tabular-nums">
                  {one.share === null
                    ? one.done === null
                      ? t('unknown')
                      : t('doneOnly', { done: figure(one.done) })
                    : one.done === null || one.total === null
                      ? t('share', { share: amount.share(one.share) })
                      : t('doneOf', {
                          share: amount.share(one.share),
                          done: bytes ? amount.bytes(one.done) : amount.count(one.done),
                          total: figure(one.total),
                        })}
                </span>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
