'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/**
 * The state of a view lives in its address, so that a link shows what its sender saw.
 * `set` replaces the address without asking the server again; null or an empty text removes a parameter.
 */
export function useAddress() {
  const params = useSearchParams();
  const pathname = usePathname();
  const set = useCallback(
    (
      changes: Readonly<Record<string, string | number | null>>,
      how: 'replace' | 'push' = 'replace',
    ) => {
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes))
        if (value === null || value === '') next.delete(name);
        else next.set(name, String(value));
      const query = next.toString();
      const address = query ? `${pathname}?${query}` : pathname;
      if (how === 'push') window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
    },
    [pathname],
  );
  return { get: (name: string) => params.get(name), set };
}

/** The time range of the address, to be carried to the next page; empty when it is the default. */
export function useRangeQuery(): string {
  const params = useSearchParams();
  const kept = new URLSearchParams();
  for (const name of ['range', 'from', 'to']) {
    const value = params.get(name);
    if (value) kept.set(name, value);
  }
  const text = kept.toString();
  return text ? `?${text}` : '';
}
