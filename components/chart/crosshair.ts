/**
 * The one moment and the one selection all charts of a page show. Outside of React on purpose: a moving pointer must not
 * render thirty charts again; each draws its line straight into the page.
 */
import { useSyncExternalStore } from 'react';
import type { Span } from '@/lib/chart/plot';

type Shown = {
  /** The moment, and the chart whose pointer or keyboard chose it. */
  moment: { at: number; source: string } | null;
  /** What is being dragged over. */
  selection: Span | null;
};

let shown: Shown = { moment: null, selection: null };
const listeners = new Set<() => void>();

export const crosshair = {
  get: () => shown,
  show(change: Partial<Shown>) {
    shown = { ...shown, ...change };
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};

/** What `pick` makes of the crosshair; renders again only when that changes, so it must be a plain value. */
export function useCrosshair<T extends number | string | boolean | null>(pick: (now: Shown) => T) {
  return useSyncExternalStore(
    crosshair.subscribe,
    () => pick(shown),
    () => null,
  );
}
