/** Copies of what is known of a cluster at one moment, kept with an incident. */
import type { Pool } from 'pg';
import type { InstanceBody, SessionBody, StatementsCompareBody, VerdictBody } from '@/lib/contract';
import type { Traits } from '@/lib/incident/similar';
import { compareStatements } from './compare-statements';
import { readActivity } from './read-activity';
import { readCluster } from './read-clusters';
import { readEvents } from './read-events';
import { readInstances } from './read-instances';
import { readPlans } from './read-plans';
import { readClusterHeadlines, readVerdict } from './read-verdict';

const minuteMs = 60_000;
/** The windows of statements that are compared: what is so now, and the time before. */
const statementsMs = 15 * minuteMs;
const eventsMs = 24 * 60 * minuteMs;
const mostInstances = 12;
const mostSessions = 100;
const mostStatements = 10;

export type Evidence = {
  kind: 'verdict' | 'sessions' | 'statements' | 'replication' | 'events' | 'charts';
  instance: string | null;
  body: unknown;
  reason: string | null;
};
export type Frozen = { evidence: Evidence[]; traits: Omit<Traits, 'rules'> };

/** Reads all of it side by side; what fails is kept as the reason why it is not there. */
export async function freezeEvidence(db: Pool, clusterId: number, now: number): Promise<Frozen> {
  const instances = (await readInstances(db, { clusterId })).slice(0, mostInstances);
  const verdict = await tried('verdict', null, () => readVerdict(db, clusterId, now));
  const statements = await tried('statements', null, () => changed(db, instances, now));
  const sessions = await Promise.all(
    instances.map((one) => tried('sessions', one.name, () => sessionsOf(db, one))),
  );
  const others = await Promise.all([
    tried('replication', null, async () => (await readCluster(db, clusterId))?.replication),
    tried('events', null, () =>
      readEvents(db, { from: now - eventsMs, to: now, cluster: String(clusterId) }),
    ),
    tried('charts', null, () => readClusterHeadlines(db, clusterId, now)),
  ]);
  const waits = sessions.flatMap(({ body }) =>
    ((body as { sessions: SessionBody[] } | null)?.sessions ?? []).flatMap(
      ({ blocked_by, wait }) => (blocked_by.length > 0 && wait ? [wait.class] : []),
    ),
  );
  const slower = (statements.body as Changed | null)?.statements ?? [];
  return {
    evidence: [verdict, ...sessions, statements, ...others],
    traits: {
      layer: (verdict.body as VerdictBody | null)?.first ?? null,
      statements: slower
        .filter(({ state }) => state === 'slower' || state === 'new')
        .map(({ id }) => id),
      waits: [...new Set(waits)],
    },
  };
}

async function tried(
  kind: Evidence['kind'],
  instance: string | null,
  read: () => Promise<unknown>,
): Promise<Evidence> {
  try {
    const body = await read();
    if (body == null) return { kind, instance, body: null, reason: 'nothing is known of it' };
    return { kind, instance, body, reason: null };
  } catch (error) {
    return { kind, instance, body: null, reason: (error as Error).message.slice(0, 500) };
  }
}

/** As they were last seen, with when that was: those that wait or hold up others first. */
async function sessionsOf(db: Pool, { id }: InstanceBody) {
  const { at, sessions, blocking, unavailable } = await readActivity(db, id);
  if (at === null) throw new Error(unavailable?.message ?? 'the sessions were never read');
  const holders = new Set(sessions.flatMap(({ blocked_by }) => blocked_by));
  const rank = (one: SessionBody) =>
    holders.has(one.pid) ? 0 : one.blocked_by.length > 0 ? 1 : one.state === 'idle' ? 3 : 2;
  const shown = sessions.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostSessions);
  return { at, sessions: shown, more: sessions.length - shown.length, blocking, unavailable };
}

type Changed = { statements: StatementsCompareBody['statements'] };

/** What changed most against the time before, each with its newest plan. */
async function changed(db: Pool, instances: readonly InstanceBody[], now: number) {
  const instanceIds = instances.map(({ id }) => Number(id));
  const compared = await compareStatements(db, {
    ...{ instanceIds, from: now - statementsMs, to: now, limit: mostStatements },
    ...{ before_from: now - 4 * statementsMs, before_to: now - statementsMs },
  });
  const statements = await Promise.all(
    compared.statements.map(async (one) => ({
      ...one,
      plan: (await readPlans(db, one.id, instanceIds))[0] ?? null,
    })),
  );
  const { before, after, counts, partial } = compared;
  return { before, after, counts, partial: partial.slice(0, 20), statements };
}
