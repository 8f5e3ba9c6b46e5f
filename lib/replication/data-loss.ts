/** What would be lost if the primary died now: the recovery point, live. Pure. */
import type { Candidate } from './candidates';
import { type Member, presentFacts } from './find-upstream';
import { passedAt } from './positions';

export type DataLoss = {
  /** Null is unknown, or everything; 0 only when it was seen. */
  ms: number | null;
  bytes: number | null;
  /** Commits wait for a synchronous replica: none that was confirmed is lost. */
  synchronous: boolean;
  /** The candidate that holds the most; null when the archive does, or nobody. */
  instance: string | null;
  /** Of the archive of write-ahead log; null without one. */
  archive: { ms: number | null; bytes: number | null; failing: boolean } | null;
  /** Why there is no number. */
  reason: 'no_primary' | 'no_copy' | 'not_known' | null;
};

export function dataLoss({
  primary,
  candidates,
  links,
  now,
}: {
  /** A replica that is away holds a copy too; how much of one is not known. */
  links: readonly unknown[];
  primary: Member | null;
  candidates: readonly Candidate[];
  now: number;
}): DataLoss {
  const facts = presentFacts(primary, now);
  const none = { ms: null, bytes: null, synchronous: false, instance: null, archive: null };
  if (facts === null) return { ...none, reason: 'no_primary' };
  const archive = archiveGap(facts);
  const usable = candidates.filter(
    ({ lossMs, lossBytes, reasons }) =>
      (lossMs !== null || lossBytes !== null) && !reasons.some(({ code }) => code === 'errant'),
  );
  const best = [...usable].sort(
    (a, b) => (a.lossMs ?? Number.MAX_VALUE) - (b.lossMs ?? Number.MAX_VALUE),
  )[0];
  if (best === undefined || (archive?.ms != null && archive.ms < (best.lossMs ?? Infinity)))
    return {
      ...{ ...none, archive, ms: archive?.ms ?? null, bytes: archive?.bytes ?? null },
      reason:
        archive?.ms != null
          ? null
          : candidates.length > 0 || links.length > 0 || archive
            ? 'not_known'
            : 'no_copy',
    };
  const synchronous = best.reasons.some(({ code }) => code === 'synchronous');
  return {
    ms: synchronous ? 0 : best.lossMs,
    bytes: synchronous ? 0 : best.lossBytes,
    ...{ synchronous, instance: best.instance, archive },
    reason: best.lossMs === null ? 'not_known' : null,
  };
}

type Facts = NonNullable<Member['facts']>;

function archiveGap({ archive, position, passed, at }: Facts): DataLoss['archive'] {
  if (archive === null) return null;
  const { failing, archivedTo, ageMs } = archive;
  if (archivedTo === null || position.log === null) return { ms: null, bytes: null, failing };
  const bytes = Math.max(0, position.log - archivedTo);
  if (bytes === 0) return { ms: 0, bytes, failing };
  const since = passedAt(passed, archivedTo);
  // What was written into the file after the one that was archived last is not older than that.
  const ms = since === null ? ageMs : Math.min(at - since, ageMs ?? Number.POSITIVE_INFINITY);
  return { ms, bytes, failing };
}
