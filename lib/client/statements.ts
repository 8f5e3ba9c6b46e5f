import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  ExplainBody,
  PlanBody,
  PlanReadBody,
  plansCompareBody,
  StatementDetailBody,
  StatementsBody,
  TagGroupsBody,
} from '@/lib/contract';
import { call, withQuery } from './call';

type Window = { from: number; to: number };
/** What narrows a ranking, as the address and the API call it. */
export const rankingFilters = [
  'instance',
  'database',
  'user',
  'application',
  'search',
  'table',
  'kind',
  'tag',
] as const;
export type RankingFilter = (typeof rankingFilters)[number];
export type RankingQuery = { cluster: string; sort: string; limit: number } & {
  [name in RankingFilter]?: string | null;
};

/** What ran, ranked. The old ranking stays while a new one is read. */
export function statementsOptions(filters: RankingQuery, window: Window) {
  const { cluster, instance, ...rest } = filters;
  const scope = instance ? { instance } : { cluster };
  return queryOptions({
    queryKey: ['statements', filters, window],
    queryFn: ({ signal }) =>
      call<StatementsBody>(withQuery('/statements', { ...scope, ...rest, ...window }), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What ran, summed by a tag of its comments. */
export function tagGroupsOptions(
  query: { cluster: string; instance: string | null; name: string },
  window: Window,
) {
  const { cluster, instance, name } = query;
  const scope = instance ? { instance } : { cluster };
  return queryOptions({
    queryKey: ['statement-tags', query, window],
    queryFn: ({ signal }) =>
      call<TagGroupsBody>(withQuery('/statements/tags', { ...scope, name, ...window }), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** One statement on one cluster. */
export function statementOptions(id: string, cluster: string, window: Window) {
  return queryOptions({
    queryKey: ['statement', id, cluster, window],
    queryFn: ({ signal }) =>
      call<StatementDetailBody>(
        withQuery(`/statements/${encodeURIComponent(id)}`, { cluster, ...window }),
        { signal },
      ),
    placeholderData: (old, query) => (query?.queryKey[1] === id ? old : undefined),
  });
}

/** Asks one instance for the plan of a statement; a refusal is an answer, not an error. */
export function explain(id: string, instance: string, fresh: boolean): Promise<ExplainBody> {
  return call<ExplainBody>(`/statements/${encodeURIComponent(id)}/explain`, {
    method: 'POST',
    body: { instance, ...(fresh && { fresh }) },
  });
}

/** Reads a pasted plan; nothing of it is kept. */
export function readPlanText(text: string, statement: string): Promise<PlanReadBody> {
  const given = statement.trim();
  return call<PlanReadBody>('/plans/read', {
    method: 'POST',
    body: { text, ...(given && { statement: given }) },
  });
}

/** A stored plan keeps its shape; its costs are those of the last time it was made. */
export function planOptions(id: string) {
  return queryOptions({
    queryKey: ['plan', id],
    queryFn: ({ signal }) => call<PlanBody>(`/plans/${encodeURIComponent(id)}`, { signal }),
    staleTime: 60_000,
  });
}

export type PlansCompareBody = z.infer<typeof plansCompareBody>;

export function comparePlansOptions(a: string, b: string) {
  return queryOptions({
    queryKey: ['plans', a, b],
    queryFn: ({ signal }) =>
      call<PlansCompareBody>(withQuery('/plans/compare', { a, b }), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
