/** Every watched server: whether it answers, what cannot be read of it, and what watching costs it. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Button, buttonClass } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { Input } from '@/components/ui/Input';
import { meOptions } from '@/lib/client/admin';
import { instancesOptions } from '@/lib/client/instances';
import { useAddress } from '@/lib/client/use-address';
import type { InstanceBody } from '@/lib/contract';
import { INSTANCE_COLUMNS, InstanceRow } from './InstanceRow';

/** What is down comes first, then what is not known. */
const ORDER = { down: 0, unknown: 1, up: 2 } as const;

export function InstancesScreen() {
  const t = useTranslations('instances');
  const { get, set } = useAddress();
  const query = useQuery(instancesOptions());
  const me = useQuery(meOptions());
  const search = get('search') ?? '';
  const opened = get('instance');
  const all = query.data?.instances;
  const shown = all?.filter((each) => matches(each, search)).sort(compare);
  const admin = me.data?.role === 'admin';
  const watch = (
    <Link href="/instances/new" className={buttonClass('primary')}>
      {t('watch')}
    </Link>
  );
  return (
    <Screen
      title={t('title')}
      lead={all && all.length > 0 ? <Sentence instances={all} /> : t('lead')}
      actions={admin && watch}
    >
      {query.error && all && <StaleNote since={query.dataUpdatedAt} error={query.error} />}
      {query.error && !all && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {all && all.length > 8 && (
        <Search value={search} onChange={(value) => set({ search: value })} />
      )}
      {all?.length === 0 && (
        <EmptyState title={t('empty.title')} action={admin && watch}>
          <p>{t('empty.body')}</p>
          <p className="mt-2">{t('empty.demo')}</p>
        </EmptyState>
      )}
      {!(query.error && !all) && all?.length !== 0 && (
        <section className="overflow-hidden rounded-md border border-line bg-raised">
          {!shown && <LoadingRows rows={4} height={53} />}
          {shown?.length === 0 && (
            <p className="p-4">
              {t('noMatch', { search })}{' '}
              <Button size="small" variant="quiet" onClick={() => set({ search: null })}>
                {t('clearSearch')}
              </Button>
            </p>
          )}
          {shown && shown.length > 0 && (
            <table className="block w-full" aria-label={t('title')}>
              <thead className="sr-only lg:not-sr-only lg:block">
                <tr
                  className={`grid h-9 items-center border-line border-b px-3 text-left text-[12px] text-muted ${INSTANCE_COLUMNS}`}
                >
                  {(['name', 'role', 'version', 'lastSeen', 'cost', 'blind'] as const).map(
                    (column) => (
                      <th key={column} className="truncate font-normal">
                        {t(`column.${column}`)}
                      </th>
                    ),
                  )}
                  <td />
                </tr>
              </thead>
              <tbody className="block">
                {shown.map((instance) => (
                  <InstanceRow
                    key={instance.id}
                    instance={instance}
                    admin={admin}
                    open={opened === instance.id}
                    onOpen={(open) => set({ instance: open ? instance.id : null })}
                  />
                ))}
              </tbody>
            </table>
          )}
        </section>
      )}
    </Screen>
  );
}

function Sentence({ instances }: { instances: readonly InstanceBody[] }) {
  const t = useTranslations('instances.summary');
  const count = (state: InstanceBody['state']) =>
    instances.filter((each) => each.state === state).length;
  const [up, down, unknown] = [count('up'), count('down'), count('unknown')];
  if (down > 0) return t('someDown', { down, up });
  if (unknown > 0) return t('someUnknown', { unknown, up });
  return t('allUp', { count: up });
}

function Search(props: { value: string; onChange: (value: string) => void }) {
  const t = useTranslations('instances');
  return (
    <Input
      type="search"
      aria-label={t('search')}
      placeholder={`${t('search')}  /`}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      className="max-w-72"
    />
  );
}

function matches(instance: InstanceBody, search: string): boolean {
  const labels = Object.entries(instance.labels).flatMap(([key, value]) => [
    value,
    `${key}=${value}`,
  ]);
  return [instance.name, instance.cluster, instance.host, ...labels].some((text) =>
    text.toLowerCase().includes(search.trim().toLowerCase()),
  );
}

function compare(a: InstanceBody, b: InstanceBody): number {
  return (
    ORDER[a.state] - ORDER[b.state] ||
    a.cluster.localeCompare(b.cluster) ||
    a.name.localeCompare(b.name)
  );
}
