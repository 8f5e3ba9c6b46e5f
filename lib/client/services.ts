import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  ObjectiveInput,
  ScrapeBody,
  ScrapesBody,
  ServiceBody,
  ServiceDetailBody,
  ServicePatch,
  ServicesBody,
} from '@/lib/contract';
import { call, withQuery } from './call';

/** All services: those of a cluster, and those that nobody has said anything of. */
export function servicesOptions(window: { from: number; to: number }) {
  return queryOptions({
    queryKey: ['services', window],
    queryFn: ({ signal }) => call<ServicesBody>(withQuery('/services', window), { signal }),
    placeholderData: keepPreviousData,
  });
}

export function serviceOptions(id: string, window: { from: number; to: number }) {
  return queryOptions({
    queryKey: ['service', id, window],
    queryFn: ({ signal }) =>
      call<ServiceDetailBody>(withQuery(`/services/${encodeURIComponent(id)}`, window), { signal }),
    placeholderData: keepPreviousData,
  });
}

export function changeService(id: string, body: ServicePatch) {
  return call<ServiceBody>(`/services/${encodeURIComponent(id)}`, { method: 'PATCH', body });
}

/** Makes an objective, or replaces what one says. */
export function saveObjective(service: string, id: string | null, body: ObjectiveInput) {
  return id === null
    ? call<ServiceBody>(`/services/${encodeURIComponent(service)}/objectives`, {
        method: 'POST',
        body,
      })
    : call<ServiceBody>(`/objectives/${encodeURIComponent(id)}`, { method: 'PATCH', body });
}

export function removeObjective(id: string): Promise<void> {
  return call<void>(`/objectives/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Whose /metrics are fetched; each 15 s is. */
export function scrapesOptions(cluster: string) {
  return queryOptions({
    queryKey: ['cluster', cluster, 'scrapes'],
    queryFn: ({ signal }) =>
      call<ScrapesBody>(`/clusters/${encodeURIComponent(cluster)}/scrapes`, { signal }),
    refetchInterval: 15_000,
  });
}

export function addScrape(
  cluster: string,
  body: { service: string; url: string; environment?: string; token?: string },
) {
  return call<ScrapeBody>(`/clusters/${encodeURIComponent(cluster)}/scrapes`, {
    ...{ method: 'POST', body },
  });
}

export function removeScrape(id: string) {
  return call<void>(`/scrapes/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
