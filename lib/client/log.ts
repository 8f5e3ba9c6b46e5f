import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ExecutionsBody } from '@/lib/contract';
import { call, withQuery } from './call';

export type ExecutionsChoice = {
  cluster: string;
  /** Only of this one; null for all. */
  statement: string | null;
  limit: number;
  from: number;
  to: number;
};

/** The slowest executions that were logged; the old list stays while a new window is read. */
export function executionsOptions({ statement, ...rest }: ExecutionsChoice) {
  const query = { ...rest, ...(statement !== null && { statement }) };
  return queryOptions({
    queryKey: ['executions', query],
    queryFn: ({ signal }) => call<ExecutionsBody>(withQuery('/executions', query), { signal }),
    placeholderData: keepPreviousData,
  });
}
