import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ChangeState, StatementsCompareBody } from '@/lib/contract';
import { call, withQuery } from './call';

type Span = { from: number; to: number };

export type CompareChoice = {
  cluster: string;
  state?: ChangeState | null;
  statement?: string;
} & ({ around: string; width_ms: number } | { after: Span; before: Span });

/** Two windows of a cluster side by side; the old answer stays while a new one is read. */
export function compareOptions(choice: CompareChoice) {
  const windows =
    'around' in choice
      ? { around: choice.around, width_ms: choice.width_ms }
      : {
          ...choice.after,
          before_from: choice.before.from,
          before_to: choice.before.to,
        };
  const query = {
    cluster: choice.cluster,
    ...windows,
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
