'use client';

import Link from 'next/link';
import { useFormatter, useLocale, useTimeZone, useTranslations } from 'next-intl';
import { SqlText } from '@/components/statement/SqlText';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { ComparedStatement, StatementsCompareBody } from '@/lib/contract';
import { formatMoment } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

const tones = {
  ...({ slower: 'warning', new: 'accent', faster: 'ok' } as const),
  ...({ gone: 'plain', same: 'plain', unknown: 'unknown' } as const),
};

/** Statements with what they did before and after, the regressions first. */
export function CompareTable(props: {
  data: StatementsCompareBody;
  statementHref: (id: string) => string;
}) {
  const { data, statementHref } = props;
  const t = useTranslations('compare');
  const amount = useAmount();
  if (data.statements.length === 0) return <p className="py-4 text-muted">{t('none')}</p>;
  const most = Math.max(
    ...data.statements.flatMap(({ before, after }) => [
      before.total_ms_per_s ?? 0,
      after.total_ms_per_s ?? 0,
    ]),
  );
  return (
    <Table caption={t('table')} stack className="rounded-md border border-line bg-raised">
      <thead>
        <tr>
          <Th>{t('column.state')}</Th>
          <Th className="w-full">{t('column.statement')}</Th>
          <Th className="text-right">{t('column.mean')}</Th>
          <Th className="text-right">{t('column.ratio')}</Th>
          <Th className="text-right">{t('column.calls')}</Th>
          <Th className="min-w-44">{t('column.time')}</Th>
        </tr>
      </thead>
      <tbody>
        {data.statements.map((one) => (
          <Tr key={`${one.id} ${one.database} ${one.user}`}>
            <Td className="whitespace-nowrap">
              <Badge tone={tones[one.state]}>{t(`state.${one.state}`)}</Badge>
            </Td>
            <Td className="max-w-0 max-sm:max-w-full">
              <Link
                href={statementHref(one.id)}
                className="block min-w-0 max-w-full truncate text-[12px] hover:text-accent"
              >
                <SqlText sql={one.text} most={200} />
              </Link>
              <span className="block truncate text-[11px] text-muted">
                <bdi>{visibleText([one.user, one.database].filter(Boolean).join(' @ '))}</bdi>
                {one.state === 'new' && <FirstSeen at={one.first_seen} after={data.after.from} />}
              </span>
            </Td>
            <Td label={t('column.mean')} className="whitespace-nowrap text-right tabular-nums">
              <FromTo
                before={amount.time(one.before.mean_ms)}
                after={amount.time(one.after.mean_ms)}
              />
            </Td>
            <Td label={t('column.ratio')} className="whitespace-nowrap text-right">
              <Ratio one={one} />
            </Td>
            <Td label={t('column.calls')} className="whitespace-nowrap text-right tabular-nums">
              <FromTo
                before={amount.count(one.before.calls_per_s)}
                after={amount.count(one.after.calls_per_s)}
              />
            </Td>
            <Td label={t('column.time')}>
              <Bars
                before={one.before.total_ms_per_s}
                after={one.after.total_ms_per_s}
                most={most}
              />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** New to the window is not always new: it may have run before the window that is compared with. */
function FirstSeen({ at, after }: { at: number; after: number }) {
  const t = useTranslations('compare');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  return (
    <span className="pl-2">
      {t(at < after ? 'seenBefore' : 'firstSeen', { at: formatMoment(at, locale, zone) })}
    </span>
  );
}

function FromTo({ before, after }: { before: string; after: string }) {
  return (
    <span>
      <span className="text-muted">{before}</span> <span aria-hidden="true">→</span> {after}
    </span>
  );
}

/** How many times as long a call takes; grey where that is within the noise. */
function Ratio({ one }: { one: ComparedStatement }) {
  const t = useTranslations('compare');
  const format = useFormatter();
  if (one.mean_ratio === null) return <span className="text-muted">–</span>;
  const text = `×${format.number(one.mean_ratio, { maximumSignificantDigits: 3 })}`;
  if (!one.beyond_noise)
    return (
      <span className="text-muted" title={t('noise')}>
        {text}
      </span>
    );
  return (
    <span className={one.mean_ratio > 1 ? 'text-warning' : 'text-ok'}>
      <span aria-hidden="true">{one.mean_ratio > 1 ? '▲' : '▼'}</span> {text}
    </span>
  );
}

/** The time it takes of each second, before above, after below. */
function Bars(props: { before: number | null; after: number | null; most: number }) {
  const amount = useAmount();
  return (
    <span className="flex flex-col gap-0.5">
      {(['before', 'after'] as const).map((side) => (
        <span key={side} className="flex items-center gap-2 text-[11px] tabular-nums">
          <span aria-hidden="true" className="h-1.5 min-w-0 flex-1 rounded-full bg-sunken">
            {(props[side] ?? 0) > 0 && props.most > 0 && (
              <span
                className={`block h-full rounded-full ${side === 'before' ? 'bg-line-strong' : 'bg-database'}`}
                style={{ width: `${Math.max(1.5, ((props[side] ?? 0) / props.most) * 100)}%` }}
              />
            )}
          </span>
          <span className={`w-20 shrink-0 text-right ${side === 'before' ? 'text-muted' : ''}`}>
            {props[side] === null ? '—' : `${amount.time(props[side])}/s`}
          </span>
        </span>
      ))}
    </span>
  );
}
