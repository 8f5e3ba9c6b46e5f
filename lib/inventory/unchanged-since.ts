const dayMs = 24 * 3_600_000;

/**
 * Since when an index's count of scans has been what it is now, epoch ms; null when that is not known.
 * @param days what the count was at the end of each day (`2026-11-23`, UTC), the oldest first
 * @param countedSince when the counting began, epoch ms
 */
export function unchangedSince(
  scans: number | null,
  countedSince: number | null,
  days: readonly { day: string; scans: number; counted_since: number | null }[],
): number | null {
  if (scans === null) return null;
  // Never scanned: since it is counted, however long its days are kept.
  let since = scans === 0 ? countedSince : null;
  for (const one of [...days].reverse()) {
    if (one.scans !== scans || one.counted_since !== countedSince) break;
    // The count is of the last reading of that day: the day itself may hold the last scan.
    const end = Date.parse(one.day) + dayMs;
    if (since === null || end < since) since = end;
  }
  return since;
}
