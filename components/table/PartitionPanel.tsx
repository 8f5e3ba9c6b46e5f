'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Moment } from '@/components/screen/Ago';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { PartitionsBody } from '@/lib/contract';

const shownAtFirst = 40;
const dayMs = 24 * 3_600_000;

/** Partitions with bars of their size, rows and writes, and what is to be done about them. */
export function PartitionPanel(props: {
  partitions: PartitionsBody;
  hrefOf: (table: string) => string;
}) {
  const { partitions, hrefOf } = props;
  const t = useTranslations('tables.partition');
  const amount = useAmount();
  const [all, setAll] = useState(false);
  const shown = all ? partitions.partitions : partitions.partitions.slice(0, shownAtFirst);
  const most = (of: 'bytes' | 'rows' | 'writes') =>
    Math.max(1, ...partitions.partitions.map((one) => one[of] ?? 0));
  const largest = { bytes: most('bytes'), rows: most('rows'), writes: most('writes') };
  return (
    <div className="flex flex-col gap-3">
      <Findings {...props} />
      <Table caption={t('title')} stack>
        <thead>
          <tr>
            <Th className="w-full">{t('name')}</Th>
            <Th className="min-w-52">{t('bytes')}</Th>
            <Th className="min-w-52">{t('rows')}</Th>
            <Th className="min-w-52">{t('writes')}</Th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Tr key={one.name}>
              <Td>
                <span className="flex flex-wrap items-center gap-2">
                  <Link
                    href={hrefOf(one.name)}
                    className="break-all font-mono text-[12px] hover:text-accent"
                  >
                    <bdi>{visibleText(one.name)}</bdi>
                  </Link>
                  {partitions.hot?.name === one.name && partitions.partitions.length > 1 && (
                    <Badge tone={partitions.uneven ? 'warning' : 'plain'}>{t('hotBadge')}</Badge>
                  )}
                  {one.kind === 'default' && <Badge>{t('default')}</Badge>}
                  {one.partitions > 0 && <Badge>{t('below', { count: one.partitions })}</Badge>}
                </span>
                {one.bound !== null && one.kind !== 'default' && (
                  <code className="block break-words font-mono text-[12px] text-muted">
                    {visibleText(one.bound)}
                  </code>
                )}
              </Td>
              {(['bytes', 'rows', 'writes'] as const).map((of) => (
                <Td key={of} label={t(of)}>
                  <Bar
                    value={one[of]}
                    most={largest[of]}
                    text={of === 'bytes' ? amount.bytes(one[of]) : amount.count(one[of])}
                  />
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
      {shown.length < partitions.partitions.length && (
        <Button size="small" onClick={() => setAll(true)} className="w-fit">
          {t('showAll', { count: partitions.partitions.length })}
        </Button>
      )}
    </div>
  );
}

function Findings({
  partitions,
  hrefOf,
}: {
  partitions: PartitionsBody;
  hrefOf: (table: string) => string;
}) {
  const t = useTranslations('tables.partition');
  const amount = useAmount();
  const { time, hot } = partitions;
  const days = (until: number) => Math.max(0, Math.floor((until - Date.now()) / dayMs));
  const name = (text: string) => (
    <Link href={hrefOf(text)} className="break-all font-mono text-[12px] hover:text-accent">
      <bdi>{visibleText(text)}</bdi>
    </Link>
  );
  return (
    <ul className="flex flex-col gap-1.5">
      {partitions.key && (
        <li className="text-muted">
          {t('key')} <code className="font-mono text-[12px]">{visibleText(partitions.key)}</code>
        </li>
      )}
      {time && (
        <li className="flex items-baseline gap-2">
          <StatusMark
            status={time.next === 'missing' ? 'critical' : time.next === 'soon' ? 'warning' : 'ok'}
          />
          <span>
            {time.next === 'missing'
              ? t(partitions.default ? 'missingDefault' : 'missing')
              : time.covered_until === null
                ? t('covered')
                : t.rich('coveredFor', {
                    days: days(time.covered_until),
                    until: () => <Moment at={time.covered_until ?? 0} />,
                  })}
          </span>
        </li>
      )}
      {partitions.default && (
        <li className="flex items-baseline gap-2">
          <StatusMark
            status={
              partitions.default.rows === null
                ? 'unknown'
                : partitions.default.rows > 0
                  ? 'warning'
                  : 'ok'
            }
          />
          <span>
            {partitions.default.rows === null
              ? t('defaultUnknown')
              : partitions.default.rows > 0
                ? t('defaultFills', { rows: amount.count(partitions.default.rows) })
                : t('defaultEmpty')}
          </span>
        </li>
      )}
      {hot && partitions.partitions.length > 1 && (
        <li className="flex items-baseline gap-2">
          <StatusMark status={partitions.uneven ? 'warning' : 'ok'} />
          <span>
            {t.rich('hot', { name: () => name(hot.name), share: amount.share(hot.share) })}
          </span>
        </li>
      )}
      {time?.oldest && (
        <li className="flex items-baseline gap-2">
          <StatusMark status={time.oldest.untouched === null ? 'unknown' : 'ok'} />
          <span>
            {t.rich('oldest', {
              name: () => name(time.oldest?.name ?? ''),
              to: () => <Moment at={time.oldest?.to ?? 0} />,
              bytes: amount.bytes(time.oldest.bytes),
            })}{' '}
            {time.oldest.untouched && t('untouched')}
          </span>
        </li>
      )}
    </ul>
  );
}

function Bar({ value, most, text }: { value: number | null; most: number; text: string }) {
  return (
    <span className="flex items-center gap-2 max-sm:w-40">
      <span
        aria-hidden="true"
        className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-sunken"
      >
        {value !== null && value > 0 && (
          <span
            className="block h-full rounded-full bg-database"
            style={{ width: `${Math.max(1.5, (value / most) * 100)}%` }}
          />
        )}
      </span>
      <span className="w-20 shrink-0 whitespace-nowrap text-right tabular-nums">{text}</span>
    </span>
  );
}
