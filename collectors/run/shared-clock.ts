import type { Pool } from 'pg';

/** The store's clock minus this process's: by it, beats of several collectors on several machines are of one time. */
export type SharedClock = { offsetMs(): number; measure(): Promise<void> };

const everyMs = 10_000;

/** Until it was measured, and while the store is away, it is what it was; 0 at first. */
export function sharedClock(db: Pool): SharedClock {
  let offset = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;
  return {
    offsetMs: () => offset,
    /** At most every ten seconds. @throws what the store throws */
    async measure() {
      if (performance.now() - measuredAt < everyMs) return;
      let best = Number.POSITIVE_INFINITY;
      // The shortest of three round trips tells the most.
      for (let n = 0; n < 3; n++) {
        const before = Date.now();
        const began = performance.now();
        const { rows } = await db.query<{ now: number }>(
          'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
        );
        const trip = performance.now() - began;
        if (trip >= best || !rows[0]) continue;
        best = trip;
        offset = rows[0].now - (before + trip / 2);
      }
      measuredAt = performance.now();
    },
  };
}
