'use client';

import { useAmount } from './use-amount';

/** A share of the load as a bar with its percentage. */
export function ShareBar({ share, quiet }: { share: number | null; quiet?: boolean }) {
  const amount = useAmount();
  return (
    <span className="flex h-4 items-center gap-2">
      <span
        aria-hidden="true"
        className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-sunken"
      >
        {share !== null && share > 0 && (
          <span
            className={`block h-full rounded-full ${quiet ? 'bg-line-strong' : 'bg-database'}`}
            style={{ width: `${Math.max(1.5, Math.min(100, share * 100))}%` }}
          />
        )}
      </span>
      <span className="w-12 shrink-0 text-right tabular-nums">{amount.share(share)}</span>
    </span>
  );
}
