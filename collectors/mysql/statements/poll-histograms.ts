/** Which statements' histograms are read at a poll: those that ran longest since they were read last, as many as may cost. */
import type { StatementGrowth, StatementsPoll } from '@/collectors/run/statements-reader';
import type { Session } from '../session/session';
import type { DigestBase } from './grow';
import { bucketsBetween, readHistograms, type ServerBuckets } from './histograms';

export type HistogramMemory = {
  /** As last read, and of which row of the digest table. */
  last: Map<string, { firstSeen: string; buckets: ServerBuckets }>;
  /** Execution time since the histogram was read last, ms. */
  owed: Map<string, number>;
  /** What reading one takes, ms. */
  eachMs: number;
  /** Digests first seen from then on have no past that was not ours to count. */
  since: string | null;
};

export const newHistogramMemory = (): HistogramMemory => ({
  ...{ last: new Map(), owed: new Map(), eachMs: 6, since: null },
});

/** Reading histograms may take this share of the time: with 10,000 digests MySQL 9.7 takes 5 ms for each. */
const share = 0.001;
const mostAtOnce = 40;
const mostRemembered = 2_000;

/** @returns null where the server has no histograms */
export async function pollHistograms(
  session: Session,
  memory: { histograms: HistogramMemory; status: { since: string } | null },
  base: DigestBase,
  growth: readonly { key: string; growth: StatementGrowth }[],
  elapsedMs: number,
  timeoutMs: number,
): Promise<NonNullable<StatementsPoll['histograms']> | null> {
  if (session.flavour !== 'mysql') return null;
  const { histograms } = memory;
  histograms.since ??= memory.status?.since ?? null;
  for (const one of growth)
    histograms.owed.set(one.key, (histograms.owed.get(one.key) ?? 0) + one.growth.totalMs);
  const many = Math.max(
    1,
    Math.min(mostAtOnce, Math.floor((elapsedMs * share) / histograms.eachMs)),
  );
  const chosen = [...histograms.owed]
    .sort(([, a], [, b]) => b - a)
    .slice(0, many)
    .flatMap(([key]) => base.rows.get(key)?.at(-1) ?? []);
  // What ran too little to be read within a long time is forgotten; it begins anew when it runs.
  if (histograms.owed.size > mostRemembered)
    for (const [key] of [...histograms.owed].sort(([, a], [, b]) => a - b).slice(0, 500))
      histograms.owed.delete(key);
  const found: NonNullable<StatementsPoll['histograms']> = [];
  const started = performance.now();
  for (const schema of new Set(chosen.map((row) => row.schema))) {
    const mine = chosen.filter((row) => row.schema === schema && row.digest !== null);
    if (mine.length === 0) continue;
    const read = await readHistograms(
      session,
      schema,
      mine.map(({ digest }) => digest as string),
      timeoutMs,
    );
    for (const { key, digest, firstSeen } of mine) {
      const buckets = read.get(digest as string) ?? new Map();
      const before = histograms.last.get(key);
      histograms.last.delete(key);
      histograms.last.set(key, { firstSeen, buckets });
      const isNew = histograms.since !== null && firstSeen >= histograms.since;
      if (before === undefined && !isNew) continue;
      const past: ServerBuckets = before?.firstSeen === firstSeen ? before.buckets : new Map();
      const counted = bucketsBetween(past, buckets);
      if (counted.length > 0) found.push({ key, buckets: counted });
    }
  }
  for (const { key } of chosen) histograms.owed.delete(key);
  for (const key of histograms.last.keys()) {
    if (histograms.last.size <= mostRemembered) break;
    histograms.last.delete(key);
  }
  if (chosen.length > 0)
    histograms.eachMs =
      0.7 * histograms.eachMs + 0.3 * ((performance.now() - started) / chosen.length);
  return found;
}
