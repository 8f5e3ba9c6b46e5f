/** What a beat that the primary writes each second says when it is read on a replica. Pure. */

/** One row of the table: which server wrote it, how often, and when by the clock that all collectors share. */
export type Beat = { server: string; beat: number; at: number };

/**
 * Of one server, as it was last seen. What the replica lacks began after this beat and before the next, which it has not:
 * its lag is between the two.
 */
export type SeenBeat = {
  server: string;
  at: number;
  /** When it was read: the middle of the round trip, so that half of it does not count as lag. */
  readAt: number;
  atLeastMs: number;
  atMostMs: number;
  /** It had the same beat at the look before: it falls behind as time goes by. */
  standing: boolean;
};

/** Of one server in a reading of its replication; null without the table. */
export type HeartbeatFacts = {
  /** Which row is its own; null while it writes none. */
  server: string | null;
  writtenAt: number | null;
  seen: SeenBeat[];
};

/** A beat a second, read this long after it is written: a replica that has it by then is at most so far behind. */
export const beatEveryMs = 1000;
export const readAfterMs = 100;

/** Upper ends of the classes of staleness, in ms; what is longer is the last class. */
export const stalenessBounds = [
  ...[250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000],
] as const;

/** The classes' names in the metric. */
export const stalenessColumns = [
  ...(['within_250_ms', 'within_500_ms', 'within_1_s', 'within_2_s', 'within_5_s'] as const),
  ...(['within_10_s', 'within_30_s', 'within_60_s', 'within_300_s', 'later'] as const),
];

export type BeatSummary = {
  samples: number;
  lagMinMs: number | null;
  lagMs: number | null;
  lagMaxMs: number | null;
  /** How many samples were at most each bound, and not the one before; the last is above all. */
  classes: number[];
};

export type BeatReader = {
  /**
   * @param beats all rows of the table
   * @param writing whether the server of a row wrote a beat lately; null when another collector writes, or nobody
   */
  add(beats: readonly Beat[], readAt: number, writing: (server: string) => boolean | null): void;
  /** As last read, of each server whose beat was seen to move. */
  seen(): SeenBeat[];
  /** Of the samples since it was last asked. */
  take(): BeatSummary;
  forget(): void;
};

type Row = { beat: number; moved: boolean; still: number; seen: SeenBeat };

/**
 * A beat that was never seen to move says nothing: the table may not be replicated at all. One that does not come once may
 * be the writer's; one that does not come again, while it is written, is the replica's.
 */
export function createBeatReader(): BeatReader {
  let rows = new Map<string, Row>();
  let samples: number[] = [];
  return {
    add(beats, readAt, writing) {
      let newest: Row | null = null;
      for (const { server, beat, at } of beats) {
        const before = rows.get(server);
        const advanced = before !== undefined && beat !== before.beat;
        const still = before === undefined || advanced ? 0 : before.still + 1;
        const atMostMs = Math.max(0, readAt - at);
        const atLeastMs = Math.max(0, atMostMs - beatEveryMs);
        const seen = { server, at, readAt, atLeastMs, atMostMs, standing: still > 1 };
        const row: Row = {
          ...{ beat, still, moved: advanced || before?.moved === true },
          seen: before && still === 1 ? before.seen : seen,
        };
        rows.set(server, row);
        if (newest === null || at > newest.seen.at) newest = row;
      }
      if (newest === null || !newest.moved || newest.still === 1) return;
      if (newest.still > 1 && writing(newest.seen.server) !== true) return;
      samples.push(newest.seen.atMostMs);
    },
    seen: () => [...rows.values()].filter(({ moved }) => moved).map(({ seen }) => seen),
    take() {
      const sorted = samples.sort((a, b) => a - b);
      samples = [];
      const classes = [...stalenessBounds, Number.POSITIVE_INFINITY].map(() => 0);
      for (const one of sorted) {
        const index = stalenessBounds.findIndex((bound) => one <= bound);
        const place = index < 0 ? stalenessBounds.length : index;
        classes[place] = (classes[place] ?? 0) + 1;
      }
      return {
        samples: sorted.length,
        lagMinMs: sorted[0] ?? null,
        lagMs: sorted[Math.floor((sorted.length - 1) / 2)] ?? null,
        lagMaxMs: sorted.at(-1) ?? null,
        classes,
      };
    },
    forget() {
      rows = new Map();
    },
  };
}

/** When the next beat is due, or the next look at it. @param phaseMs of the cluster, so that not all beat at once */
export function nextBeatAt(now: number, phaseMs: number, role: 'primary' | 'replica'): number {
  const offset = phaseMs + (role === 'replica' ? readAfterMs : 0);
  return Math.floor((now - offset) / beatEveryMs) * beatEveryMs + beatEveryMs + offset;
}

type WithBeats = { at: number; heartbeat: HeartbeatFacts | null };

/** A writer's own reading says that it wrote: not longer ago than this. */
const writesWithinMs = 3_500;

/**
 * A replica's lag by the beat of a server that is known to go on writing: without that, an old beat is a stopped writer.
 * The middle of the two bounds; a beat that is there in time leaves at most a tenth of a second.
 */
export function heartbeatLag(
  replica: WithBeats,
  writer: WithBeats | null,
): { lagMs: number; at: number } | null {
  const own = writer?.heartbeat ?? null;
  if (writer === null || own === null || own.server === null || own.writtenAt === null) return null;
  if (writer.at - own.writtenAt > writesWithinMs) return null;
  const seen = replica.heartbeat?.seen.find(({ server }) => server === own.server);
  if (!seen) return null;
  const middle = (seen.atLeastMs + seen.atMostMs) / 2;
  const since = Math.max(0, replica.at - seen.readAt);
  return seen.standing
    ? { lagMs: middle + since, at: replica.at }
    : { lagMs: middle, at: seen.readAt };
}

/**
 * The bound below which this share of the samples is, and never above the longest one seen, which alone is known of the
 * last class. Null without samples.
 */
export function stalenessAt(
  classes: readonly number[],
  longestMs: number,
  share: number,
): number | null {
  const total = classes.reduce((sum, one) => sum + one, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [index, bound] of stalenessBounds.entries()) {
    below += classes[index] ?? 0;
    if (below >= total * share) return Math.min(bound, longestMs);
  }
  return longestMs;
}
