import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WallStateBody } from '@/lib/contract';
import { ageAt, driftAt, mayReload, pageAt, pagesOf, shownState } from './wall-time';

const cluster = (number: number) => ({ number }) as WallStateBody['clusters'][number];
const alert = (takes_screen: boolean) => ({ takes_screen }) as WallStateBody['alerts'][number];
function state(given: {
  clusters?: number;
  alerts?: boolean[];
  incidents?: boolean[];
  panels?: WallStateBody['wall']['panels'];
  size?: WallStateBody['wall']['size'];
}): WallStateBody {
  return {
    wall: {
      panels: given.panels ?? ['towers', 'alerts', 'replication', 'statements'],
      size: given.size ?? 'normal',
    },
    clusters: Array.from({ length: given.clusters ?? 1 }, (_, n) => cluster(n + 1)),
    alerts: (given.alerts ?? []).map(alert),
    incidents: (given.incidents ?? []).map((takes_screen) => ({ takes_screen })),
    replicas: [],
    statements: [],
  } as unknown as WallStateBody;
}

describe('a state', () => {
  it('is never green when its data is old or missing, or the server is lost', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ok', 'warning', 'critical', 'unknown' as const),
        fc.option(fc.integer({ min: 0, max: 1e9 })),
        fc.boolean(),
        (given, age, lost) => {
          const shown = shownState(given as 'ok', age, lost);
          if (lost || age === null || age > 60_000) expect(shown).toBe('unknown');
          else expect(shown).toBe(given);
        },
      ),
    );
  });

  it('has an age that is not negative, also when a clock was set back, and none when it was never seen', () => {
    expect([ageAt(5000, 2000), ageAt(2000, 5000), ageAt(null, 5000)]).toEqual([0, 3000, null]);
  });
});

describe('pages', () => {
  it('show every tower once, the worst first, in pages that are as full as each other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('small', 'normal', 'large' as const),
        (clusters, size) => {
          const pages = pagesOf(state({ clusters, size: size as 'small', panels: ['towers'] }));
          const seen = pages.flatMap((page) =>
            page.kind === 'towers'
              ? Array.from({ length: page.to - page.from }, (_, n) => page.from + n)
              : [],
          );
          expect(seen).toEqual(Array.from({ length: clusters }, (_, n) => n));
          const most = { small: 8, normal: 4, large: 2 }[size as 'small'];
          for (const page of pages)
            if (page.kind === 'towers') expect(page.to - page.from).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  it('with nothing on them are left out, but one is always there', () => {
    expect(pagesOf(state({})).map((page) => page.kind)).toEqual(['towers']);
    expect(pagesOf(state({ panels: ['alerts'] })).map((page) => page.kind)).toEqual(['alerts']);
    expect(pagesOf(state({ clusters: 0, panels: ['towers'] }))).toHaveLength(1);
  });

  it('belong to the alert that asks for the screen, as long as it does', () => {
    const pages = pagesOf(state({ alerts: [false, true, true] }));
    expect(pages).toEqual([
      { kind: 'takeover', alert: 1 },
      { kind: 'takeover', alert: 2 },
    ]);
    expect(pagesOf(state({ alerts: [true], incidents: [false, true] }))).toEqual([
      { kind: 'incident', incident: 1 },
      { kind: 'takeover', alert: 0 },
    ]);
    expect(pagesOf(state({ alerts: [false] })).map((page) => page.kind)).toEqual([
      'towers',
      'alerts',
    ]);
  });

  it('turn by the clock: after a sleep of any length it is the page that it would have been', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 5, max: 3600 }),
        fc.integer({ min: 1, max: 30 }),
        (now, seconds, pages) => {
          const at = pageAt(now, seconds, pages);
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThan(pages);
          expect(pageAt(now + seconds * 1000, seconds, pages)).toBe((at + 1) % pages);
        },
      ),
    );
    expect(pageAt(1e12, 20, 0)).toBe(0);
  });
});

it('the picture moves each minute, by little, and comes by many places', () => {
  const start = 1_790_000_000_000;
  const places = new Set<string>();
  for (let minute = 0; minute < 24 * 60; minute++) {
    const { x, y } = driftAt(start + minute * 60_000);
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(0.3);
    places.add(`${x}/${y}`);
  }
  expect(places.size).toBeGreaterThan(1000);
});

it('loads anew for a build at most three times in an hour, whatever two servers say in turn', () => {
  let now = 1_790_000_000_000;
  let done: { to: string; at: number }[] = [];
  const loads: number[] = [];
  for (let tick = 0; tick < 800; tick++, now += 4000) {
    const to = tick % 2 ? 'a' : 'b';
    if (!mayReload(done, to, now)) continue;
    loads.push(now);
    done = [{ to, at: now }, ...done].slice(0, 8);
  }
  expect(loads).toHaveLength(6);
  expect(mayReload(done, 'c', now)).toBe(true);
  // A load that failed is tried again.
  expect(mayReload([{ to: 'c', at: now }], 'c', now + 30_000)).toBe(false);
  expect(mayReload([{ to: 'c', at: now }], 'c', now + 60_000)).toBe(true);
});
