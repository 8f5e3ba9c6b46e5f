'use client';

import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { visibleText } from '@/components/statement/sql-tokens';
import { EmptyState } from '@/components/ui/EmptyState';
import type { TablesBody } from '@/lib/contract';

/** Where the tables were read, how old that is, what is left out, and what could not be read. */
export function SourceNotes(props: {
  sources: TablesBody['sources'];
  instances: readonly { id: string; name: string }[];
}) {
  const t = useTranslations('tables.source');
  const nameOf = (id: string) => props.instances.find((one) => one.id === id)?.name ?? id;
  const read = props.sources.filter(({ at }) => at !== null);
  const lead = read.find(({ role }) => role === 'primary') ?? read[0];
  const leftOut = Math.max(0, ...read.map(({ left_out: count }) => count));
  const failed = props.sources.filter(({ error }) => error !== null);
  if (props.sources.length === 0)
    return <EmptyState title={t('nothing')}>{t('nothingBody')}</EmptyState>;
  return (
    <div className="flex flex-col gap-1 text-[12px] text-muted">
      {lead && (
        <p>
          {t.rich('from', {
            instance: nameOf(lead.instance),
            age: () => <Ago at={lead.at ?? 0} />,
          })}{' '}
          {lead.counted_since === null
            ? t('sinceUnknown')
            : t.rich('since', { age: () => <Ago at={lead.counted_since ?? 0} /> })}
        </p>
      )}
      {leftOut > 0 && <p className="text-warning">{t('leftOut', { count: leftOut })}</p>}
      {failed.map((one) => (
        <p key={`${one.instance} ${one.database}`} className="break-words">
          <span className="text-warning">
            {t('failed', { instance: nameOf(one.instance), database: visibleText(one.database) })}
          </span>{' '}
          {visibleText(one.error?.message ?? '')}
          {one.error?.fix && (
            <>
              {' '}
              <code className="rounded-sm bg-sunken px-1 font-mono">
                {visibleText(one.error.fix)}
              </code>
            </>
          )}
        </p>
      ))}
    </div>
  );
}
