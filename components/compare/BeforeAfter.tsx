'use client';

/** One statement before and after an event of the window: the newest, or the one the address names. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useFormatter, useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Select } from '@/components/ui/Input';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import { compareOptions } from '@/lib/client/compare';
import { useAddress } from '@/lib/client/use-address';
import type { ChangeState, EventBody } from '@/lib/contract';
import { widthOf, widths } from './windows';

const statuses: Record<ChangeState, Status> = {
  ...({ slower: 'warning', faster: 'ok', same: 'ok' } as const),
  ...({ new: 'unknown', gone: 'unknown', unknown: 'unknown' } as const),
};

export function BeforeAfter(props: {
  statement: string;
  cluster: string;
  events: readonly EventBody[];
  marks: readonly { at: number; text: string }[];
  compareHref: (event: string) => string;
}) {
  const { statement, cluster, events, marks, compareHref } = props;
  const t = useTranslations('compare.here');
  const tCompare = useTranslations('compare');
  const { get, set } = useAddress();
  const amount = useAmount();
  const format = useFormatter();
  const asked = get('event');
  const event = asked ?? events[0]?.id ?? null;
  const { data } = useQuery({
    ...compareOptions({
      ...{ cluster, statement, around: event ?? '', width_ms: widths[widthOf(get('width'))] },
    }),
    enabled: event !== null,
  });
  if (event === null) return <p className="text-muted">{t('none')}</p>;
  return (
    <div className="flex flex-col gap-2">
      <Select
        aria-label={tCompare('event')}
        value={event}
        onChange={({ target }) => set({ event: target.value })}
        className="w-full"
      >
        {!events.some(({ id }) => id === event) && (
          <option value={event}>{tCompare('eventNumber', { id: event })}</option>
        )}
        {events.map((one, index) => (
          <option key={one.id} value={one.id}>
            {visibleText(marks[index]?.text ?? one.text)}
          </option>
        ))}
      </Select>
      {(data?.statements ?? []).map((one) => {
        const ratio = one.mean_ratio ?? 1;
        return (
          <p key={`${one.database} ${one.user}`} className="flex items-baseline gap-2 text-[13px]">
            <StatusMark status={statuses[one.state]} />
            <span>
              {t(one.state, {
                before: amount.time(one.before.mean_ms),
                after: amount.time(one.after.mean_ms),
                ratio: format.number(ratio > 1 ? ratio : 1 / ratio, {
                  maximumSignificantDigits: 3,
                }),
              })}{' '}
              <span className="text-muted">
                {t('calls', {
                  before: amount.count(one.before.calls),
                  after: amount.count(one.after.calls),
                })}
              </span>
            </span>
          </p>
        );
      })}
      <Link href={compareHref(event)} className="text-[13px] text-accent hover:underline">
        {t('all')}
      </Link>
    </div>
  );
}
