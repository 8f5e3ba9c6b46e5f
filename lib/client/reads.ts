import { queryOptions } from '@tanstack/react-query';
import type { Consistency, ReadPathBody, ReadPathsBody, RouteBody } from '@/lib/contract';
import { call } from './call';

/** Who may serve reads now, at the usual limits. */
export function routeOptions(cluster: string) {
  return queryOptions({
    queryKey: ['cluster', cluster, 'route'],
    queryFn: ({ signal }) =>
      call<RouteBody>(`/clusters/${encodeURIComponent(cluster)}/route`, { signal }),
    refetchInterval: 5000,
  });
}

export function readPathsOptions(cluster: string) {
  return queryOptions({
    queryKey: ['cluster', cluster, 'reads'],
    queryFn: ({ signal }) =>
      call<ReadPathsBody>(`/clusters/${encodeURIComponent(cluster)}/reads`, { signal }),
    refetchInterval: 10_000,
  });
}

export type NewReadPath = {
  service: string;
  name: string;
  consistency: Consistency;
  max_lag_ms: number | null;
};

export function addReadPath(cluster: string, body: NewReadPath): Promise<ReadPathBody> {
  return call<ReadPathBody>(`/clusters/${encodeURIComponent(cluster)}/reads`, {
    method: 'POST',
    body,
  });
}

export function removeReadPath(id: string): Promise<void> {
  return call<void>(`/reads/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
