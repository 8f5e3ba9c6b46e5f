'use client';

import { useEffect, useMemo, useState } from 'react';
import { liveStepMs, parseRange, presets, resolveRange } from '@/lib/chart/time-range';
import { useAddress } from '@/lib/client/use-address';

/** The window of time the address asks for; a live one moves with the clock, in whole steps. */
export function useWindow(): { from: number; to: number } {
  const { get } = useAddress();
  const [range, from, to] = [get('range'), get('from'), get('to')];
  const choice = useMemo(
    () => parseRange((name) => ({ range, from, to })[name] ?? null),
    [range, from, to],
  );
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (choice.kind === 'fixed') return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), liveStepMs(presets[choice.preset]));
    return () => clearInterval(timer);
  }, [choice]);
  const window = resolveRange(choice, now);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same window is the same object
  return useMemo(() => window, [window.from, window.to]);
}
