/** A day of the shop, compressed: how busy it is now, and waiting in between. Pure but for the timer. */

export const dayMs = 12 * 60_000;

/** Share of the day's peak at a moment: 0.25 in the small hours, 1 at the evening peak. */
export function rushAt(now: number): number {
  const phase = (now % dayMs) / dayMs;
  const wave = 0.5 - 0.5 * Math.cos(2 * Math.PI * phase);
  return 0.25 + 0.75 * wave ** 1.5;
}

/** A small seeded generator (mulberry32): the same demo on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Waits, or returns early (true) when the demo is stopped. */
export function wait(ms: number, stop: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve(true);
    const onStop = () => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      stop.removeEventListener('abort', onStop);
      resolve(false);
    }, ms);
    stop.addEventListener('abort', onStop, { once: true });
  });
}
