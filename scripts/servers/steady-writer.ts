/** Writes a row a moment on a primary and remembers when: what is missing elsewhere is as old as it says. For tests. */

export type SteadyWriter = {
  /** Age of the oldest write that the other has not, given its newest row; 0 when it has all. */
  ageBehind(newest: number, at: number): number;
  readonly count: number;
  /** When the last write was confirmed. */
  readonly lastAt: number | null;
  stop(): Promise<void>;
};

/** @param insert stores the number; resolves when it is committed */
export function writeSteadily(
  insert: (id: number) => Promise<unknown>,
  everyMs: number,
  first = 1,
): SteadyWriter {
  const times = new Map<number, number>();
  let next = first;
  let going = true;
  const run = (async () => {
    while (going) {
      const id = next;
      try {
        await insert(id);
        times.set(id, Date.now());
        next = id + 1;
      } catch {
        // The server is away: the same again.
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    ageBehind(newest, at) {
      const missing = times.get(newest + 1);
      return missing === undefined ? 0 : at - missing;
    },
    get lastAt() {
      return times.get(next - 1) ?? null;
    },
    get count() {
      return next - 1;
    },
    async stop() {
      going = false;
      await run;
    },
  };
}
