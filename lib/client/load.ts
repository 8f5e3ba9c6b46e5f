import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { LoadBody, LoadSlice } from '@/lib/contract';
import { call, withQuery } from './call';

export type LoadChoice = {
  cluster: string;
  /** Null for all of the cluster. */
  instance: string | null;
  by: LoadSlice;
  /** Only load that has exactly these. */
  only: Partial<Record<LoadSlice, string>>;
  from: number;
  to: number;
};

/** Average active sessions by a slice; the old picture stays while a new window is read. */
export function loadOptions({ cluster, instance, by, only, from, to }: LoadChoice) {
  const scope = instance === null ? { cluster } : { instance };
  const query = { ...scope, by, ...only, from, to, top: 8 };
  return queryOptions({
    queryKey: ['load', query],
    queryFn: ({ signal }) => call<LoadBody>(withQuery('/load', query), { signal }),
    placeholderData: keepPreviousData,
  });
}
