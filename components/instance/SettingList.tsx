'use client';

import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { Badge } from '@/components/ui/Badge';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { SettingsBody } from '@/lib/contract';

const effects = ['internal', 'postmaster', 'sighup'] as const;

/** Settings with their value, what is built in, and what it takes to change them. */
export function SettingList({ settings }: { settings: SettingsBody['settings'] }) {
  const t = useTranslations('serverSettings');
  if (settings.length === 0) return <p className="py-2 text-muted">{t('none')}</p>;
  return (
    <Table caption={t('settings')} stack>
      <thead>
        <tr>
          <Th className="w-1/2">{t('column.name')}</Th>
          <Th>{t('column.value')}</Th>
          <Th>{t('column.default')}</Th>
          <Th>{t('column.source')}</Th>
        </tr>
      </thead>
      <tbody>
        {settings.map((one) => {
          const effect = effects.find((context) => context === one.context);
          return (
            <Tr key={one.name}>
              <Td className="min-w-64">
                <span className="flex flex-wrap items-center gap-2">
                  <code className="break-all font-mono text-[12px]">{visibleText(one.name)}</code>
                  {one.pending_restart && <Badge tone="warning">{t('pendingBadge')}</Badge>}
                </span>
                <span className="block text-[12px] text-muted leading-snug">
                  {visibleText(one.description)}
                </span>
              </Td>
              <Td label={t('column.value')} className="min-w-40">
                {one.hidden ? (
                  <span className="text-[12px] text-unknown">{t(`hidden.${one.hidden}`)}</span>
                ) : (
                  <code
                    className={`break-words font-mono text-[12px] ${one.changed ? 'font-semibold' : ''}`}
                  >
                    {one.value === '' ? t('empty') : visibleText(one.value ?? '—')}
                  </code>
                )}
              </Td>
              <Td label={t('column.default')} className="min-w-32">
                <code className="break-words font-mono text-[12px] text-muted">
                  {one.default === '' ? t('empty') : visibleText(one.default ?? '—')}
                </code>
              </Td>
              <Td label={t('column.source')} className="whitespace-nowrap text-[12px] text-muted">
                {visibleText(one.source)}
                {effect && <span className="block">{t(`effect.${effect}`)}</span>}
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
