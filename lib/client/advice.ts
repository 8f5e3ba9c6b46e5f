import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { AdviceBody } from '@/lib/contract';
import { call, withQuery } from './call';

/** What is worth changing in a cluster; the old answer stays while a new window is read. */
export function adviceOptions(cluster: string, window: { from: number; to: number }) {
  return queryOptions({
    queryKey: ['advice', cluster, window],
    queryFn: ({ signal }) =>
      call<AdviceBody>(withQuery('/advice', { cluster, ...window }), { signal }),
    placeholderData: keepPreviousData,
  });
}
