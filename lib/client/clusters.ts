import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  ClusterDetailBody,
  ClustersBody,
  DisksBody,
  EventBody,
  HeadroomBody,
  SeriesBody,
  VerdictBody,
} from '@/lib/contract';
import { call, withQuery } from './call';

export function clustersOptions() {
  return queryOptions({
    queryKey: ['clusters'],
    queryFn: ({ signal }) => call<ClustersBody>('/clusters', { signal }),
    refetchInterval: 10_000,
  });
}

export function clusterOptions(id: string) {
  return queryOptions({
    queryKey: ['cluster', id],
    queryFn: ({ signal }) =>
      call<ClusterDetailBody>(`/clusters/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 10_000,
  });
}

/** Which layer moved first; nothing of it changes faster than readings come. */
export function verdictOptions(id: string) {
  return queryOptions({
    queryKey: ['cluster', id, 'verdict'],
    queryFn: ({ signal }) =>
      call<VerdictBody>(`/clusters/${encodeURIComponent(id)}/verdict`, { signal }),
    refetchInterval: 10_000,
  });
}

/** Looked at each minute: it is of an hour. */
export function headroomOptions(id: string) {
  return queryOptions({
    queryKey: ['headroom', id],
    queryFn: ({ signal }) =>
      call<HeadroomBody>(`/clusters/${encodeURIComponent(id)}/headroom`, { signal }),
    refetchInterval: 60_000,
  });
}

export function disksOptions(id: string) {
  return queryOptions({
    queryKey: ['disks', id],
    queryFn: ({ signal }) =>
      call<DisksBody>(`/clusters/${encodeURIComponent(id)}/disks`, { signal }),
    refetchInterval: 60_000,
  });
}

/** One column over time; the old lines stay while a new window is read. */
export function seriesOptions(query: {
  instances: readonly string[];
  metric: string;
  column: string;
  from: number;
  to: number;
  points: number;
  labels?: Readonly<Record<string, string>>;
}) {
  const { instances, labels, ...rest } = query;
  return queryOptions({
    queryKey: ['series', query],
    queryFn: ({ signal }) =>
      call<SeriesBody>(
        withQuery('/series', {
          instance: instances.join(','),
          ...rest,
          ...Object.fromEntries(
            Object.entries(labels ?? {}).map(([name, value]) => [`label.${name}`, value]),
          ),
        }),
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
}

export function eventsOptions(query: { cluster: string; from: number; to: number }) {
  return queryOptions({
    queryKey: ['events', query],
    queryFn: ({ signal }) => call<{ events: EventBody[] }>(withQuery('/events', query), { signal }),
    placeholderData: keepPreviousData,
  });
}

export function removeDemo(): Promise<void> {
  return call<void>('/demo', { method: 'DELETE' });
}
