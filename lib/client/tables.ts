import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { SettingsBody, TableBody, TableSort, TablesBody } from '@/lib/contract';
import { call, withQuery } from './call';

type Scope = {
  cluster: string;
  /** Null for all of the cluster. */
  instance: string | null;
  database: string | null;
  from: number;
  to: number;
};

const scopeOf = ({ cluster, instance, database, from, to }: Scope) => ({
  ...(instance === null ? { cluster } : { instance }),
  ...(database !== null && { database }),
  ...{ from, to },
});

/** Tables, ordered; the old list stays while a new one is read. */
export function tablesOptions(
  scope: Scope,
  list: { sort: TableSort; limit: number; search: string | null; kind: 'all' | 'partitioned' },
) {
  const { search, ...rest } = list;
  const query = { ...scopeOf(scope), ...rest, ...(search !== null && { search }) };
  return queryOptions({
    queryKey: ['tables', query],
    queryFn: ({ signal }) => call<TablesBody>(withQuery('/tables', query), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** @param name `schema.name` */
export function tableOptions(scope: Scope, name: string) {
  const query = scopeOf(scope);
  return queryOptions({
    queryKey: ['table', name, query],
    queryFn: ({ signal }) =>
      call<TableBody>(withQuery(`/tables/${encodeURIComponent(name)}`, query), { signal }),
    placeholderData: keepPreviousData,
  });
}

export function settingsOptions(instance: string) {
  return queryOptions({
    queryKey: ['settings', instance],
    queryFn: ({ signal }) =>
      call<SettingsBody>(`/instances/${encodeURIComponent(instance)}/settings`, { signal }),
  });
}
