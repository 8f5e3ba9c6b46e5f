'use client';

import { useTranslations } from 'next-intl';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { StatementBody } from '@/lib/contract';
import { visibleText } from './sql-tokens';
import { useAmount } from './use-amount';

/** Which databases, users and instances run it. */
export function WhereItRuns(props: {
  rows: readonly StatementBody[];
  instances: readonly { id: string; name: string }[];
}) {
  const t = useTranslations('statement.where');
  const amount = useAmount();
  if (props.rows.length === 0) return <p className="text-muted">{t('none')}</p>;
  const name = (id: string) => props.instances.find((each) => each.id === id)?.name ?? id;
  return (
    <Table caption={t('title')}>
      <thead>
        <tr>
          <Th>{t('database')}</Th>
          <Th>{t('user')}</Th>
          <Th>{t('instance')}</Th>
          <Th className="text-right">{t('calls')}</Th>
          <Th className="text-right">{t('mean')}</Th>
          <Th className="text-right">{t('total')}</Th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <Tr key={`${row.database} ${row.user}`}>
            <Td>
              <bdi>{visibleText(row.database ?? '?')}</bdi>
            </Td>
            <Td>
              <bdi>{visibleText(row.user ?? '?')}</bdi>
            </Td>
            <Td>{row.instances.map(name).join(', ')}</Td>
            <Td className="text-right tabular-nums">{amount.count(row.calls)}</Td>
            <Td className="text-right tabular-nums">{amount.time(row.mean_ms)}</Td>
            <Td className="text-right tabular-nums">{amount.time(row.total_ms)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
