import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ChangeState, HeadlinesCompareBody, StatementsCompareBody } from '@/lib/contract';
import { call, withQuery } from './call';

type Span = { from: number; to: number };

export type WindowChoice = { around: string; width_ms: number } | { after: Span; before: Span };
export type CompareChoice = {
  cluster: string;
  state?: ChangeState | null;
  statement?: string;
} & WindowChoice;

const asked = (choice: WindowChoice) =>
  'around' in choice
    ? { around: choice.around, width_ms: choice.width_ms }
    : { ...choice.after, before_from: choice.before.from, before_to: choice.before.to };

/** Two windows of a cluster side by side; the old answer stays while a new one is read. */
export function compareOptions(choice: CompareChoice) {
  const query = {
    cluster: choice.cluster,
    ...asked(choice),
    ...(choice.state && { state: choice.state }),
    ...(choice.statement && { statement: choice.statement }),
  };
  return queryOptions({
    queryKey: ['compare', query],
    queryFn: ({ signal }) =>
      call<StatementsCompareBody>(withQuery('/statements/compare', query), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What stands for each layer of a cluster in two windows; the old answer stays while a new one is read. */
export function headlinesCompareOptions(cluster: string, choice: WindowChoice) {
  const query = asked(choice);
  return queryOptions({
    queryKey: ['compare-headlines', cluster, query],
    queryFn: ({ signal }) =>
      call<HeadlinesCompareBody>(
        withQuery(`/clusters/${encodeURIComponent(cluster)}/compare`, query),
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
}
