'use client';

import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { SqlText } from '@/components/statement/SqlText';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { visibleText } from '@/components/statement/sql-tokens';
import { Badge } from '@/components/ui/Badge';
import type { AdviceBody, AdviceItem } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { tableHref } from './group-advice';

const tones = { critical: 'critical', warning: 'warning', info: 'plain' } as const;
/** More statements than these are counted, not listed. */
const mostListed = 6;

/** One thing worth changing: why, what speaks for it, what it brings and costs, and the exact SQL. */
export function AdviceCard(props: {
  item: AdviceItem;
  base: string;
  /** The query that keeps the window of time. */
  query: string;
  statements: AdviceBody['statements'];
  /** On a statement's own page its link would lead nowhere. */
  withoutStatements?: boolean;
}) {
  const { item, base, query, statements } = props;
  const t = useTranslations('advice');
  const locale = useLocale() as Locale;
  const listed = props.withoutStatements ? [] : item.statements.slice(0, mostListed);
  const texts = new Map(statements.map(({ id, text }) => [id, text]));
  return (
    <article
      aria-label={visibleText(item.title[locale])}
      className="flex min-w-0 flex-col gap-3 rounded-md border border-line bg-raised p-4"
    >
      <header className="flex flex-wrap items-start gap-x-3 gap-y-1.5">
        <h3 className="min-w-0 flex-1 basis-64 break-words font-semibold text-[14px]">
          <bdi>{visibleText(item.title[locale])}</bdi>
        </h3>
        <span className="flex flex-wrap gap-1.5">
          <Badge tone={tones[item.severity]}>{t(`severity.${item.severity}`)}</Badge>
          <Badge title={t(`knownHelp.${item.known}`)}>{t(`known.${item.known}`)}</Badge>
        </span>
      </header>
      <p className="max-w-[75ch] break-words leading-relaxed">{visibleText(item.says[locale])}</p>
      {(item.gain || item.cost) && (
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
          {item.gain && <Fact name={t('gain')} value={item.gain[locale]} />}
          {item.cost && <Fact name={t('cost')} value={item.cost[locale]} />}
        </dl>
      )}
      {item.sql && (
        <div className="flex flex-col gap-1.5">
          <h4 className="text-[12px] text-muted">{t('sql')}</h4>
          <SqlToRun sql={item.sql} copyLabel={t('copy')} />
        </div>
      )}
      {item.evidence.length > 0 && (
        <details>
          <summary className="cursor-pointer py-1 text-[12px] text-muted max-sm:min-h-11">
            {t('evidence')}
          </summary>
          <dl className="mt-1 grid gap-x-4 gap-y-1 text-[12px] sm:grid-cols-[minmax(8rem,max-content)_minmax(0,1fr)]">
            {item.evidence.map(({ label, value }) => (
              <div key={`${label.en} ${value}`} className="contents">
                <dt className="text-muted">{visibleText(label[locale])}</dt>
                <dd className="break-words font-mono">{visibleText(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {listed.length > 0 && (
        <div className="flex min-w-0 flex-col gap-1">
          <h4 className="text-[12px] text-muted">
            {t('statements')} ({item.statements.length})
          </h4>
          <ul className="flex min-w-0 flex-col">
            {listed.map((id) => (
              <li key={id} className="min-w-0">
                <Link
                  href={`${base}/statements/${encodeURIComponent(id)}${query}`}
                  className="block truncate py-0.5 text-[12px] hover:text-accent max-sm:py-2.5"
                >
                  {texts.has(id) ? <SqlText sql={texts.get(id) ?? ''} most={200} /> : id}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      <footer className="flex flex-wrap gap-x-4 gap-y-1 text-[12px]">
        {item.table && (
          <Link
            href={`${tableHref(base, item.table)}${query}`}
            className="text-accent hover:underline max-sm:py-2"
          >
            {t('table')} <bdi className="font-mono">{visibleText(item.table)}</bdi>
          </Link>
        )}
        <Link href={`/learn/${item.lesson}`} className="text-accent hover:underline max-sm:py-2">
          {t('lesson')}
        </Link>
        {item.database && (
          <span className="text-muted">{t('database', { name: visibleText(item.database) })}</span>
        )}
      </footer>
    </article>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-[12px] text-muted">{name}</dt>
      <dd className="break-words leading-relaxed">{visibleText(value)}</dd>
    </div>
  );
}
