/** Copies of what is known of a cluster at one moment, kept with an incident. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type {
  AlertBody,
  IncidentDetailBody,
  InstanceBody,
  SessionBody,
  StatementsCompareBody,
  VerdictBody,
} from '@/lib/contract';
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
const settingsMs = 7 * eventsMs;
const mostEvents = 200;
const mostAlerts = 50;
/** Of one piece as JSON, and how long it is waited for: somebody stands before the screen. */
const mostBytes = 512 * 1024;
const patienceMs = 8000;
/** How long a live reading of the sessions is waited for; once asked for, a collector makes one each second. */
const liveMs = 4000;
/** Older sessions tell nothing of now. */
const oldestSessionsMs = minuteMs;
const mostInstances = 12;
const mostSessions = 100;
const mostStatements = 10;

export type Evidence = {
  kind: IncidentDetailBody['evidence'][number]['kind'];
  instance: string | null;
  body: unknown;
  reason: string | null;
};
export type Frozen = { evidence: Evidence[]; traits: Omit<Traits, 'rules'> };

/** Reads all of it side by side; what fails is kept as the reason why it is not there. */
export async function freezeEvidence(
  db: Pool,
  clusterId: number,
  alerts: readonly AlertBody[],
  now: number,
): Promise<Frozen> {
  const instances = (await readInstances(db, { clusterId })).slice(0, mostInstances);
  const marks = (lengthMs: number, wanted: boolean) => async () =>
    (await readEvents(db, { from: now - lengthMs, to: now, cluster: String(clusterId) }))
      .filter(({ kind }) => isSetting(kind) === wanted)
      .slice(0, mostEvents);
  const sessionsRead = Promise.all(
    instances.map((one) => tried('sessions', one.name, () => sessionsOf(db, one))),
  );
  const verdict = await tried('verdict', null, () => readVerdict(db, clusterId, now));
  const statements = await tried('statements', null, () => changed(db, instances, now));
  const others = await Promise.all([
    tried('alerts', null, async () =>
      alerts.slice(0, mostAlerts).map((one) => ({ ...one, history: one.history.slice(-10) })),
    ),
    tried('settings', null, marks(settingsMs, true)),
    tried('replication', null, async () => (await readCluster(db, clusterId))?.replication),
    tried('events', null, marks(eventsMs, false)),
    tried('charts', null, () => readClusterHeadlines(db, clusterId, now)),
  ]);
  const sessions = await sessionsRead;
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

const isSetting = (kind: string) => kind === 'setting_changed' || kind === 'extension_changed';

async function tried(
  kind: Evidence['kind'],
  instance: string | null,
  read: () => Promise<unknown>,
): Promise<Evidence> {
  const missing = (reason: string): Evidence => ({ kind, instance, body: null, reason });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`it took longer than ${patienceMs / 1000} s to read`);
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    const body = await Promise.race([read(), late]);
    if (body == null) return missing('nothing is known of it');
    const kib = Math.ceil(Buffer.byteLength(JSON.stringify(body)) / 1024);
    if (kib * 1024 > mostBytes) return missing(`${kib} KiB are more than is kept`);
    return { kind, instance, body, reason: null };
  } catch (error) {
    return missing((error as Error).message.slice(0, 500));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * As they are now, those that wait or hold up others first. While nobody looks at them no collector reads them: asking is
 * what makes it, and what was there before may be of yesterday.
 */
async function sessionsOf(db: Pool, { id }: InstanceBody) {
  const asked = Date.now();
  let read = await readActivity(db, id);
  while ((read.at ?? 0) < asked - 2000 && Date.now() < asked + liveMs) {
    await sleep(500);
    read = await readActivity(db, id);
  }
  const { at, sessions, blocking, unavailable } = read;
  if (at === null) throw new Error(unavailable?.message ?? 'the sessions were never read');
  if (at < asked - oldestSessionsMs)
    throw new Error(
      `the sessions were last read at ${new Date(at).toISOString()}${unavailable ? `: ${unavailable.message}` : ''}`,
    );
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
