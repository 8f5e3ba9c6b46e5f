'use client';

import { useTranslations } from 'next-intl';
import { EmptyState } from '@/components/ui/EmptyState';
import type { ExecutionsBody } from '@/lib/contract';
import { SqlToRun } from './SqlToRun';
import { visibleText } from './sql-tokens';

/** Which instances' logs cannot be read, and what changes that. */
export function LogNotes(props: {
  logs: ExecutionsBody['logs'];
  instances: readonly { id: string; name: string }[];
}) {
  const t = useTranslations('slowest');
  return props.logs
    .filter(({ reason }) => reason !== null)
    .map(({ instance, reason, fix }) => (
      <EmptyState
        key={instance}
        title={t('noLog', {
          instance: props.instances.find(({ id }) => id === instance)?.name ?? instance,
        })}
      >
        <p className="mb-2">{visibleText(reason ?? '')}</p>
        {fix && <SqlToRun sql={fix} />}
      </EmptyState>
    ));
}
