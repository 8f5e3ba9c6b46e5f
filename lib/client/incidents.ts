import { queryOptions } from '@tanstack/react-query';
import type { IncidentDetailBody, IncidentsBody } from '@/lib/contract';
import type { Phase } from '@/lib/incident/phases';
import type { Review } from '@/lib/incident/review';
import { call, withQuery } from './call';

const fresh = { refetchInterval: 10_000 };
const path = (id: string, rest = '') => `/incidents/${encodeURIComponent(id)}${rest}`;

export function incidentsOptions(query: { state: 'open' | 'all'; cluster?: string }) {
  return queryOptions({
    queryKey: ['incidents', query.state, query.cluster ?? null],
    queryFn: ({ signal }) => call<IncidentsBody>(withQuery('/incidents', query), { signal }),
    ...fresh,
  });
}

export function incidentOptions(id: string) {
  return queryOptions({
    queryKey: ['incident', id],
    queryFn: ({ signal }) => call<IncidentDetailBody>(path(id), { signal }),
    ...fresh,
  });
}

export const openIncident = (input: {
  title?: string;
  severity?: 'warning' | 'critical';
  cluster?: string;
  alert?: string;
}) => call<IncidentDetailBody>('/incidents', { method: 'POST', body: input });

export const changeIncident = (
  id: string,
  patch: { phase?: Phase; review?: Review; version?: number },
) => call<IncidentDetailBody>(path(id), { method: 'PATCH', body: patch });

export const addIncidentEvent = (
  id: string,
  input: { kind: 'note' | 'mitigation'; text: string; mitigation?: string },
) => call<IncidentDetailBody>(path(id, '/events'), { method: 'POST', body: input });

/** Where the browser downloads the review from. */
export const reviewAddress = (id: string, language: 'en' | 'ja') =>
  `/api/v1${path(id, '/review')}?language=${language}`;
