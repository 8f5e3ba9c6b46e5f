'use client';

import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { SqlText } from '@/components/statement/SqlText';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { TableIndexBody } from '@/lib/contract';

/** Indexes with their size and how often each instance scans them. */
export function IndexList(props: {
  indexes: readonly TableIndexBody[];
  instances: readonly { id: string; name: string }[];
}) {
  const t = useTranslations('tables.index');
  const amount = useAmount();
  if (props.indexes.length === 0) return <p className="text-muted">{t('none')}</p>;
  const nameOf = (id: string) => props.instances.find((one) => one.id === id)?.name ?? id;
  return (
    <Table caption={t('title')} stack>
      <thead>
        <tr>
          <Th className="w-full">{t('name')}</Th>
          <Th className="text-right">{t('size')}</Th>
          <Th>{t('scans')}</Th>
        </tr>
      </thead>
      <tbody>
        {props.indexes.map((index) => (
          <Tr key={index.name}>
            <Td>
              <span className="flex flex-wrap items-center gap-2">
                <bdi className="break-all font-mono text-[12px]">{visibleText(index.name)}</bdi>
                {index.primary && <Badge>{t('primary')}</Badge>}
                {index.unique && !index.primary && <Badge>{t('unique')}</Badge>}
                {!index.valid && <Badge tone="critical">{t('invalid')}</Badge>}
              </span>
              <span className="mt-0.5 block break-words text-[12px] text-muted">
                <SqlText sql={index.definition} most={400} />
              </span>
            </Td>
            <Td label={t('size')} className="whitespace-nowrap text-right tabular-nums">
              {amount.bytes(index.bytes)}
            </Td>
            <Td label={t('scans')} className="sm:min-w-64">
              <ul className="flex flex-col">
                {index.uses.map((use) => (
                  <li key={use.instance} className="flex flex-wrap items-baseline gap-x-2">
                    <span className="tabular-nums">{amount.count(use.scans)}</span>
                    {index.uses.length > 1 && (
                      <bdi className="text-[12px] text-muted">
                        {visibleText(nameOf(use.instance))}
                      </bdi>
                    )}
                    <span className="text-[12px] text-muted">
                      {use.last_scan !== null
                        ? t.rich('last', { age: () => <Ago at={use.last_scan ?? 0} /> })
                        : use.unchanged_since !== null
                          ? t.rich('unchanged', {
                              age: () => <Ago at={use.unchanged_since ?? 0} />,
                            })
                          : null}
                    </span>
                  </li>
                ))}
              </ul>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
