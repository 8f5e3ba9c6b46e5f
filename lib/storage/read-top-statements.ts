import type { Pool } from 'pg';
import { describeStatements, instancesIn } from './describe-statements';
import { shareFor } from './share-for';

export type TopStatement = {
  cluster: string;
  text: string;
  kind: string;
  share: number | null;
  callsPerSecond: number | null;
  meanMs: number | null;
  totalMs: number;
};

const windowMs = 15 * 60_000;
/** A ranking reads more than a state does, and changes slowly. */
const freshMs = 20_000;
const shared = new Map<string, (db: Pool) => Promise<TopStatement[]>>();

/** What took most time in the last quarter of an hour in these clusters, three of each, the heaviest first. */
export async function readTopStatements(db: Pool, clusters: string[]): Promise<TopStatement[]> {
  if (shared.size > 1000) shared.clear();
  const found: TopStatement[] = [];
  for (const cluster of clusters) {
    const read = shared.get(cluster) ?? shareFor(freshMs, (given: Pool) => topOf(given, cluster));
    shared.set(cluster, read);
    found.push(...(await read(db)));
  }
  return found.sort((a, b) => b.totalMs - a.totalMs);
}

async function topOf(db: Pool, cluster: string): Promise<TopStatement[]> {
  const instanceIds = await instancesIn(db, { cluster });
  const to = Date.now();
  const given = { instanceIds, from: to - windowMs, to, sort: 'total_ms' as const, limit: 3 };
  const { statements, window } = await describeStatements(db, given);
  const { covered_from: from, covered_to: until } = window;
  const seconds = from === null || until === null ? null : (until - from) / 1000;
  return statements.map((one) => ({
    ...{ cluster, text: one.text, kind: one.kind, share: one.share, meanMs: one.mean_ms },
    callsPerSecond: seconds ? one.calls / seconds : null,
    totalMs: one.total_ms,
  }));
}
