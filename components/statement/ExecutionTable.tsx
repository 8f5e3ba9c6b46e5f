'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { ExecutionsBody } from '@/lib/contract';
import { SqlText } from './SqlText';
import { oneLine, visibleText } from './sql-tokens';
import { useAmount } from './use-amount';

/** Single executions, slowest first. @param hrefOf where a statement is shown; without it its text is left out */
export function ExecutionTable(props: {
  executions: ExecutionsBody['executions'];
  instances: readonly { id: string; name: string }[];
  hrefOf?: (statement: string) => string;
}) {
  const t = useTranslations('slowest');
  const amount = useAmount();
  const { executions, instances, hrefOf } = props;
  const name = (id: string) => instances.find((one) => one.id === id)?.name ?? id;
  return (
    <Table caption={t('title')} stack>
      <thead>
        <tr>
          <Th className="text-right">{t('column.duration')}</Th>
          {hrefOf && <Th>{t('column.statement')}</Th>}
          <Th>{t('column.who')}</Th>
          <Th>{t('column.application')}</Th>
          {instances.length > 1 && <Th>{t('column.instance')}</Th>}
          <Th>{t('column.at')}</Th>
        </tr>
      </thead>
      <tbody>
        {executions.map((one) => (
          <Tr key={`${one.instance} ${one.statement} ${one.at} ${one.duration_ms}`}>
            <Td
              label={t('column.duration')}
              className="whitespace-nowrap text-right font-medium tabular-nums"
            >
              {amount.time(one.duration_ms)}
            </Td>
            {hrefOf && (
              <Td className="w-full max-w-0 max-sm:max-w-none">
                <Link
                  href={hrefOf(one.statement)}
                  prefetch={false}
                  className="block text-[12.5px] hover:underline max-sm:line-clamp-3 max-sm:[overflow-wrap:anywhere] sm:truncate"
                >
                  <SqlText sql={oneLine(one.text)} most={300} />
                </Link>
              </Td>
            )}
            <Td label={t('column.who')} className="whitespace-nowrap">
              <bdi>
                {t('on', {
                  user: visibleText(one.user ?? '?'),
                  database: visibleText(one.database ?? '?'),
                })}
              </bdi>
            </Td>
            <Td label={t('column.application')} className="whitespace-nowrap">
              <bdi>{visibleText(one.application ?? '—')}</bdi>
            </Td>
            {instances.length > 1 && (
              <Td label={t('column.instance')} className="whitespace-nowrap">
                <bdi>{name(one.instance)}</bdi>
              </Td>
            )}
            <Td label={t('column.at')} className="whitespace-nowrap text-muted">
              <Ago at={one.at} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
