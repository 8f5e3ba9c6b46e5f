/** What a wall decides from the clock. Nothing counts ticks, so a timer that was late or a screen that slept changes nothing. */
import type { Severity, WallStateBody } from '@/lib/contract';

/** Between questions. */
export const askEveryMs = 4000;
/** After a question that was not answered. */
export const askAgainMs = 2000;
/** A question that has not been answered by then was lost. */
export const answerWithinMs = 4000;
/** Longer without an answer and the screen says so: two questions were lost, and 10 s are not over. */
export const lostAfterMs = 8500;
/** Readings come every 10 s; what is older than this is not the present. The server judges by the same minute. */
export const staleAfterMs = 60_000;

/** A state as it may be shown: what is old or of a lost server is unknown, whatever it was. */
export function shownState(state: Severity, age: number | null, lost: boolean): Severity {
  return lost || age === null || age > staleAfterMs ? 'unknown' : state;
}

/** How old a moment is; null for never. A clock that was set back makes nothing come from the future. */
export function ageAt(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, now - at);
}

export type WallPage =
  | { kind: 'incident'; incident: number }
  | { kind: 'takeover'; alert: number }
  | { kind: 'towers'; from: number; to: number }
  | { kind: 'alerts' }
  | { kind: 'replication' }
  | { kind: 'statements' };

const towersOn = { small: 8, normal: 4, large: 2 } as const;

/** The pages in their order. Incidents and alerts that ask for the screen get all of it. */
export function pagesOf(state: WallStateBody): WallPage[] {
  const { wall, clusters, alerts } = state;
  const taking: WallPage[] = [
    ...state.incidents.flatMap((one, incident) =>
      one.takes_screen ? [{ kind: 'incident' as const, incident }] : [],
    ),
    ...alerts.flatMap((one, alert) =>
      one.takes_screen ? [{ kind: 'takeover' as const, alert }] : [],
    ),
  ];
  if (taking.length > 0) return taking;
  const pages: WallPage[] = [];
  for (const panel of wall.panels) {
    if (panel === 'towers') {
      const count = Math.max(1, Math.ceil(clusters.length / towersOn[wall.size]));
      const each = Math.ceil(clusters.length / count);
      for (let n = 0; n < count; n++)
        pages.push({
          kind: 'towers',
          from: n * each,
          to: Math.min(clusters.length, (n + 1) * each),
        });
    } else pages.push({ kind: panel });
  }
  // A page that would say only that there is nothing gives its time to the others.
  const full = pages.filter(
    ({ kind }) =>
      (kind !== 'alerts' || alerts.length > 0) &&
      (kind !== 'replication' || state.replicas?.length !== 0) &&
      (kind !== 'statements' || state.statements?.length !== 0),
  );
  return full.length > 0 ? full : pages.slice(0, 1);
}

/** Which page it is time for. All screens of a wall show the same one. */
export function pageAt(now: number, seconds: number, pages: number): number {
  return pages > 0 ? Math.floor(now / (seconds * 1000)) % pages : 0;
}

/** Where the picture stands, in parts of the unit: another place each minute, so that no pixel shows the same for days. */
export function driftAt(now: number): { x: number; y: number } {
  const minute = Math.floor(now / 60_000);
  const round = (n: number) => Math.round(n * 1000) / 1000;
  return {
    x: round(0.3 * Math.sin((minute * 2 * Math.PI) / 61)),
    y: round(0.3 * Math.sin((minute * 2 * Math.PI) / 47)),
  };
}

export type Reload = { to: string; at: number };

/**
 * Whether to load the page anew for `to`: again after a minute, since a load can fail, but three times in an hour at most,
 * so that two servers of different builds behind one name do not make it load for ever.
 */
export function mayReload(done: readonly Reload[], to: string, now: number): boolean {
  const lately = done.filter((one) => one.to === to && Math.abs(now - one.at) < 3_600_000);
  return lately.length < 3 && lately.every((one) => Math.abs(now - one.at) >= 60_000);
}
