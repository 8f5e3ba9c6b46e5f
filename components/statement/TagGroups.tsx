'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { TagGroupsBody } from '@/lib/contract';
import { ShareBar } from './ShareBar';
import { visibleText } from './sql-tokens';
import { useAmount } from './use-amount';

/** The load by the places in code that comments name. */
export function TagGroups(props: { data: TagGroupsBody; hrefOf: (tag: string) => string }) {
  const { data, hrefOf } = props;
  const t = useTranslations('statements');
  const whole = data.total_ms;
  const share = (ms: number) => (whole ? ms / whole : null);
  return (
    <>
      <Table caption={t('group.caption', { name: data.name })} stack>
        <thead>
          <tr>
            <Th>{t('column.share')}</Th>
            <Th className="w-full">{data.name}</Th>
            <Th className="text-right">{t('group.statements')}</Th>
            <Th className="text-right">{t('column.calls')}</Th>
            <Th className="text-right">{t('column.total')}</Th>
          </tr>
        </thead>
        <tbody>
          {data.groups.map((one) => (
            <Tr key={one.value}>
              <Td className="min-w-30">
                <div className="w-full">
                  <ShareBar share={one.share} />
                </div>
              </Td>
              <Td className="break-all">
                <Link href={hrefOf(`${data.name}:${one.value}`)} className="hover:text-accent">
                  <bdi>{visibleText(one.value)}</bdi>
                </Link>
              </Td>
              <Figures of={one} />
            </Tr>
          ))}
          {(['other', 'untagged'] as const).map(
            (rest) =>
              data[rest].statements > 0 && (
                <Tr key={` ${rest}`}>
                  <Td>
                    <div className="w-full">
                      <ShareBar share={share(data[rest].total_ms)} quiet />
                    </div>
                  </Td>
                  <Td className="text-muted">{t(`group.${rest}`)}</Td>
                  <Figures of={data[rest]} />
                </Tr>
              ),
          )}
        </tbody>
      </Table>
      <p className="px-3 py-2 text-[12px] text-muted">{t('group.hint')}</p>
    </>
  );
}

function Figures({ of }: { of: TagGroupsBody['other'] }) {
  const t = useTranslations('statements');
  const amount = useAmount();
  const right = 'whitespace-nowrap text-right tabular-nums';
  return (
    <>
      <Td label={t('group.statements')} className={right}>
        {amount.count(of.statements)}
      </Td>
      <Td label={t('column.calls')} className={right}>
        {amount.count(of.calls)}
      </Td>
      <Td label={t('column.total')} className={right}>
        {amount.time(of.total_ms)}
      </Td>
    </>
  );
}
