/** What is set on a server, what was changed and when, and its extensions. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useFormatter, useTranslations } from 'next-intl';
import { type ReactNode, useCallback } from 'react';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { SearchInput } from '@/components/screen/SearchInput';
import { visibleText } from '@/components/statement/sql-tokens';
import { EmptyState } from '@/components/ui/EmptyState';
import { StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { instancesOptions } from '@/lib/client/instances';
import { settingsOptions } from '@/lib/client/tables';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import type { SettingsBody } from '@/lib/contract';
import { Segments } from './Segments';
import { SettingList } from './SettingList';

export function ServerSettingsScreen({ instance }: { instance: string }) {
  const t = useTranslations('serverSettings');
  const range = useRangeQuery();
  const { get, set } = useAddress();
  const query = useQuery(settingsOptions(instance));
  const found = useQuery(instancesOptions());
  const { data, error } = query;
  const own = found.data?.instances.find(({ id }) => id === instance);
  const search = get('search') ?? '';
  const which = get('which') === 'all' ? 'all' : 'changed';
  const onSearch = useCallback((text: string) => set({ search: text || null }), [set]);
  const shown = (data?.settings ?? []).filter(({ name, description, changed, pending_restart }) =>
    search !== ''
      ? `${name} ${description}`.toLowerCase().includes(search.toLowerCase())
      : which === 'all' || changed || pending_restart,
  );
  return (
    <Screen
      title={own ? t('titleOf', { instance: own.name }) : t('title')}
      lead={data && <Sentence data={data} />}
      above={
        own && <Link href={`/clusters/${own.cluster_id}${range}`}>{visibleText(own.cluster)}</Link>
      }
    >
      {error && data && <StaleNote since={query.dataUpdatedAt} error={error} />}
      {error && !data && (
        <Failure title={t('error')} error={error} retry={() => void query.refetch()} />
      )}
      {!data && !error && <LoadingRows rows={12} />}
      {data?.unavailable && (
        <EmptyState title={t('unavailable')}>
          {visibleText(data.unavailable.message)}{' '}
          {data.unavailable.fix && visibleText(data.unavailable.fix)}
        </EmptyState>
      )}
      {data && data.at === null && !data.unavailable && (
        <EmptyState title={t('nothing')}>{t('nothingBody')}</EmptyState>
      )}
      {data && data.at !== null && (
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]">
          <Box title={t('settings')}>
            <div className="mb-3 flex flex-wrap items-center gap-2">
              <SearchInput label={t('search')} value={search} maxLength={100} onChange={onSearch} />
              <Segments
                label={t('which.label')}
                value={search === '' ? which : 'all'}
                options={[
                  ['changed', t('which.changed')],
                  ['all', t('which.all')],
                ]}
                onChange={(one) => set({ which: one === 'all' ? 'all' : null, search: null })}
              />
              <span className="text-[12px] text-muted">
                {t.rich('read', { age: () => <Ago at={data.at ?? 0} /> })}
              </span>
            </div>
            <SettingList settings={shown} />
          </Box>
          <div className="flex min-w-0 flex-col gap-4">
            <Box title={t('changes.title')}>
              <Changes changes={data.changes} />
            </Box>
            {data.overrides.length > 0 && (
              <Box title={t('overrides')}>
                <ul className="flex flex-col gap-1">
                  {data.overrides.map((one) => (
                    <li key={`${one.database} ${one.role} ${one.name}`} className="break-words">
                      <span className="text-muted">
                        {[one.role, one.database]
                          .map((name) => name && visibleText(name))
                          .filter(Boolean)
                          .join(' · ')}
                      </span>{' '}
                      <code className="font-mono text-[12px]">
                        {visibleText(one.name)} ={' '}
                        {one.value === null ? t('hidden.secret') : visibleText(one.value)}
                      </code>
                    </li>
                  ))}
                </ul>
              </Box>
            )}
            <Box title={t('extensions.title')}>
              <Extensions extensions={data.extensions} />
            </Box>
          </div>
        </div>
      )}
    </Screen>
  );
}

function Sentence({ data }: { data: SettingsBody }) {
  const t = useTranslations('serverSettings.sentence');
  const format = useFormatter();
  if (data.at === null) return t('unknown');
  const pending = data.settings.filter((one) => one.pending_restart);
  const over = data.supported_until !== null && data.supported_until < Date.now();
  return (
    <span className="flex items-baseline gap-2">
      <StatusMark status={over || pending.length > 0 ? 'warning' : 'ok'} />
      <span>
        {t('version', { version: visibleText(data.version ?? '') })}{' '}
        {data.supported_until !== null &&
          t.rich(over ? 'unsupported' : 'supported', {
            until: () =>
              format.dateTime(new Date(data.supported_until ?? 0), {
                dateStyle: 'long',
                timeZone: 'UTC',
              }),
          })}{' '}
        {t('changed', { count: data.settings.filter((one) => one.changed).length })}{' '}
        {pending.length > 0 &&
          t('pending', { names: pending.map(({ name }) => visibleText(name)).join(', ') })}
      </span>
    </span>
  );
}

function Changes({ changes }: { changes: SettingsBody['changes'] }) {
  const t = useTranslations('serverSettings.changes');
  if (changes.length === 0) return <p className="text-muted">{t('none')}</p>;
  return (
    <ol className="flex max-h-96 flex-col gap-2 overflow-y-auto">
      {changes.map((one) => (
        <li key={`${one.at} ${one.kind} ${one.name}`} className="break-words">
          <span className="block text-[12px] text-muted">
            <Ago at={one.at} clock />
            {one.kind === 'extension_changed' && ` · ${t('extension')}`}
          </span>
          <code className="font-mono text-[12px]">
            {visibleText(one.name)}: {visibleText(one.from ?? '–')} → {visibleText(one.to ?? '–')}
          </code>
        </li>
      ))}
    </ol>
  );
}

function Extensions({ extensions }: { extensions: SettingsBody['extensions'] }) {
  const t = useTranslations('serverSettings.extensions');
  const installed = extensions.filter((one) => one.installed !== null);
  const others = extensions.filter((one) => one.installed === null);
  return (
    <>
      <Table caption={t('title')}>
        <thead>
          <tr>
            <Th className="w-full">{t('name')}</Th>
            <Th>{t('installed')}</Th>
            <Th>{t('available')}</Th>
          </tr>
        </thead>
        <tbody>
          {installed.map((one) => (
            <Tr key={one.name}>
              <Td className="break-all font-mono text-[12px]">{visibleText(one.name)}</Td>
              <Td>{visibleText(one.installed ?? '')}</Td>
              <Td className={one.available === one.installed ? 'text-muted' : 'text-warning'}>
                {one.available === null ? '—' : visibleText(one.available)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {others.length > 0 && (
        <details className="mt-2 text-[12px]">
          <summary className="cursor-pointer text-muted">
            {t('others', { count: others.length })}
          </summary>
          <p className="mt-1 break-words font-mono leading-relaxed">
            {others
              .map(({ name, available }) => `${visibleText(name)} ${visibleText(available ?? '')}`)
              .join(', ')}
          </p>
        </details>
      )}
    </>
  );
}

function Box({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0 rounded-md border border-line bg-raised p-4">
      <h2 className="mb-3 font-semibold text-[14px]">{title}</h2>
      {children}
    </section>
  );
}
