'use client';

import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { ShareBar } from '@/components/statement/ShareBar';
import { SqlText } from '@/components/statement/SqlText';
import { visibleText } from '@/components/statement/sql-tokens';
import { Button } from '@/components/ui/Button';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { LoadBody } from '@/lib/contract';
import { formatQuantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

/** The slices with their shares; each can be looked at alone. */
export function LoadTable(props: {
  load: LoadBody;
  nameOf: (key: string | null) => string;
  statementHref: (id: string) => string;
  onOnly: (key: string) => void;
}) {
  const { load, nameOf, statementHref, onOnly } = props;
  const t = useTranslations('load');
  const locale = useLocale() as Locale;
  if (load.slices.length === 0)
    return load.average === null ? null : (
      <p className="py-4 text-muted">{t(load.by === 'blocker' ? 'noBlocker' : 'noLoad')}</p>
    );
  return (
    <Table caption={t('table')} stack className="rounded-md border border-line bg-raised">
      <thead>
        <tr>
          <Th className="w-full">{t(`slice.${load.by}`)}</Th>
          <Th className="text-right">{t('average')}</Th>
          <Th className="min-w-40">{t('share')}</Th>
          <Th>
            <span className="sr-only">{t('only')}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {load.slices.map((slice) => (
          <Tr key={slice.key ?? ''}>
            <Td className="max-w-0 max-sm:max-w-full">
              {slice.statement && slice.text ? (
                <Link
                  href={statementHref(slice.statement)}
                  className="block truncate text-[12px] hover:text-accent"
                >
                  <SqlText sql={slice.text} most={200} />
                </Link>
              ) : (
                <bdi className={slice.key === null ? 'text-muted' : ''}>
                  {visibleText(nameOf(slice.key))}
                </bdi>
              )}
            </Td>
            <Td label={t('average')} className="text-right tabular-nums">
              {formatQuantity(slice.average, { unit: 'count', perSecond: false }, locale)}
            </Td>
            <Td label={t('share')}>
              <ShareBar share={slice.share} />
            </Td>
            <Td className="whitespace-nowrap text-right">
              {slice.key !== null && (
                <Button onClick={() => onOnly(slice.key ?? '')}>{t('only')}</Button>
              )}
            </Td>
          </Tr>
        ))}
        {load.other.slices > 0 && (
          <Tr>
            <Td className="text-muted">{t('others', { count: load.other.slices })}</Td>
            <Td label={t('average')} className="text-right tabular-nums">
              {formatQuantity(load.other.average, { unit: 'count', perSecond: false }, locale)}
            </Td>
            <Td label={t('share')}>
              <ShareBar share={load.average ? load.other.average / load.average : null} quiet />
            </Td>
            <Td />
          </Tr>
        )}
      </tbody>
    </Table>
  );
}
