import type { Pool, PoolClient } from 'pg';
import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { HttpError, invalid, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type {
  AlertBody,
  IncidentDetailBody,
  incidentEventInput,
  incidentInput,
  incidentPatch,
} from '@/lib/contract';
import { enterPhase, mayFollow, type Phase } from '@/lib/incident/phases';
import { emptyReview } from '@/lib/incident/review';
import { freezeEvidence } from '@/lib/storage/freeze-evidence';
import { pool } from '@/lib/storage/pool';
import { readAlerts } from '@/lib/storage/read-alerts';
import { readIncident, stampsOf } from '@/lib/storage/read-incidents';

type Who = { caller: Caller; ip: string | null };
const audit = (who: Who, action: string, id: number, details: Record<string, unknown>) =>
  appendAudit({
    ...{ actor: who.caller.actor, ip: who.ip, action, object: `incident ${id}`, details },
  });

/** Opens one by hand or from an alert, and freezes at once what is known of its cluster. */
export async function openIncident(
  input: z.output<typeof incidentInput>,
  who: Who,
): Promise<IncidentDetailBody> {
  const db = pool();
  const now = Date.now();
  const alert = input.alert === undefined ? null : await alertOf(db, input.alert);
  const before = alert && (await openWith(db, alert.id));
  if (before) return one(before);
  const cluster = await clusterOf(db, input.cluster ?? alert?.cluster.id);
  const title = input.title ?? `${alert?.says.en ?? ''} (${alert?.instance.name ?? ''})`;
  const started = Math.min(now, input.started_at ?? (alert ? await beganAt(db, alert) : now));
  const alerts = cluster === null ? [] : await kinOf(db, String(cluster.id), alert);
  const frozen = cluster === null ? null : await freezeEvidence(db, cluster.id, alerts, now);
  const traits = {
    rules: [...new Set(alerts.map(({ rule }) => rule))],
    ...(frozen?.traits ?? { statements: [], waits: [], layer: null }),
  };
  const id = await inTransaction(async (client) => {
    if (alert) {
      // Two who press the button at once get one incident.
      await client.query('select from alert where id = $1 for update', [alert.id]);
      const meanwhile = await openWith(client, alert.id);
      if (meanwhile) return meanwhile;
    }
    const { rows } = await client.query<{ id: number }>(
      `insert into incident (title, severity, cluster_id, cluster_name, opened_by, started_at, detected_at, traits)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
      [
        ...[title.slice(0, 200), input.severity ?? alert?.level ?? 'warning'],
        ...[cluster?.id ?? null, cluster?.name ?? null, who.caller.actor.slice(0, 300)],
        ...[new Date(started), new Date(alert?.fired_at ?? now), JSON.stringify(traits)],
      ],
    );
    const made = rows[0]?.id as number;
    for (const one of alerts)
      await client.query('insert into incident_alert (incident_id, alert_id) values ($1, $2)', [
        made,
        one.id,
      ]);
    for (const one of frozen?.evidence ?? [])
      await client.query(
        `insert into incident_evidence (incident_id, kind, instance, at, body, reason) values ($1, $2, $3, $4, $5, $6)`,
        [
          ...[made, one.kind, one.instance, new Date(now)],
          ...[one.body === null ? null : JSON.stringify(one.body), one.reason],
        ],
      );
    await addLine(
      client,
      made,
      { kind: 'opened', what: alert ? 'alert' : 'hand', text: title },
      who,
    );
    return made;
  });
  await audit(who, 'incident_open', id, {
    alert: input.alert ?? null,
    cluster: cluster?.id ?? null,
  });
  return one(id);
}

/** Changes its words, its phase or its review. @throws 409 when the phase may not follow, or the review is another's by now */
export async function changeIncident(
  id: number,
  patch: z.output<typeof incidentPatch>,
  who: Who,
): Promise<IncidentDetailBody> {
  await inTransaction(async (client) => {
    const { rows } = await client.query('select * from incident where id = $1 for update', [id]);
    const row = rows[0];
    if (!row) throw notFound('incident');
    const stamps = stampsOf(row);
    const review = { ...emptyReview, ...row.review, ...patch.review };
    if (patch.review && patch.version !== row.version)
      throw new HttpError(409, 'changed', 'Somebody else has changed the review meanwhile.', {
        version: row.version,
      });
    const phase: Phase = patch.phase ?? row.phase;
    const changed = phase !== row.phase;
    if (changed && !mayFollow(row.phase).includes(phase))
      throw invalid('phase', `does not follow ${row.phase}`);
    if (changed && phase === 'closed' && review.summary.trim() === '')
      throw invalid('phase', 'an incident is closed with a review: its summary is empty');
    const started = patch.started_at ?? stamps.started_at;
    if (started > stamps.detected_at) throw invalid('started_at', 'is after it was detected');
    const next = changed ? enterPhase(stamps, row.phase, phase, Date.now()) : stamps;
    const date = (at: number | null) => (at === null ? null : new Date(at));
    await client.query(
      `update incident set title = $2, severity = $3, phase = $4, started_at = $5, acknowledged_at = $6,
         mitigated_at = $7, resolved_at = $8, closed_at = $9, review = $10, version = version + $11 where id = $1`,
      [
        ...[id, patch.title ?? row.title, patch.severity ?? row.severity, phase, date(started)],
        ...[date(next.acknowledged_at), date(next.mitigated_at), date(next.resolved_at)],
        ...[date(next.closed_at), JSON.stringify(review), patch.review ? 1 : 0],
      ],
    );
    if (changed) await addLine(client, id, { kind: 'phase', what: phase, text: '' }, who);
    if (patch.review) await addLine(client, id, { kind: 'review', what: '', text: '' }, who);
  });
  await audit(who, 'incident_change', id, { fields: Object.keys(patch), phase: patch.phase });
  return one(id);
}

/** Adds a note, or something that was done against it. */
export async function addIncidentEvent(
  id: number,
  input: z.output<typeof incidentEventInput>,
  who: Who,
): Promise<IncidentDetailBody> {
  if (input.at !== undefined && input.at > Date.now() + 60_000)
    throw invalid('at', 'is in the future');
  await inTransaction(async (client) => {
    const found = await client.query('select from incident where id = $1', [id]);
    if (!found.rowCount) throw notFound('incident');
    const { kind, text, mitigation, at } = input;
    await addLine(client, id, { kind, what: mitigation ?? '', text, at }, who);
  });
  await audit(who, 'incident_event', id, { kind: input.kind });
  return one(id);
}

type Line = { kind: string; what: string; text: string; at?: number | undefined };
const addLine = (client: PoolClient, id: number, line: Line, who: Who) =>
  client.query(
    `insert into incident_event (incident_id, at, kind, actor, text, details)
     values ($1, coalesce($2::timestamptz, now()), $3, $4, $5, jsonb_build_object('what', $6::text))`,
    [
      ...[id, line.at === undefined ? null : new Date(line.at), line.kind],
      ...[who.caller.actor.slice(0, 300), line.text, line.what],
    ],
  );

async function alertOf(db: Pool, id: string): Promise<AlertBody> {
  const [alert] = await readAlerts(db, { id: Number(id) });
  if (!alert) throw invalid('alert', 'there is no such alert');
  return alert;
}

/** The open incident that an alert already belongs to. */
async function openWith(db: Pick<Pool, 'query'>, alert: string): Promise<number | null> {
  const { rows } = await db.query<{ id: number }>(
    `select i.id from incident i join incident_alert a on a.incident_id = i.id
     where a.alert_id = $1 and i.closed_at is null order by i.id limit 1`,
    [alert],
  );
  return rows[0]?.id ?? null;
}

/** When its value crossed the threshold: it fires only once that has lasted for as long as the rule says. */
async function beganAt(db: Pool, alert: AlertBody): Promise<number> {
  const fired = alert.fired_at ?? alert.since;
  const { rows } = await db.query<{ at: Date | null }>(
    `select max(at) as at from alert_transition where alert_id = $1 and at <= $2
       and body ->> 'to' = 'pending' and body ->> 'from' in ('ok', 'resolved')
       and at > coalesce((select max(at) from alert_transition
         where alert_id = $1 and at < $2 and body ->> 'to' in ('ok', 'resolved')), '-infinity')`,
    [alert.id, new Date(fired)],
  );
  return rows[0]?.at?.getTime() ?? fired;
}

/** What fires in the same cluster belongs to it. */
async function kinOf(db: Pool, of: string, alert: AlertBody | null): Promise<AlertBody[]> {
  const open = await readAlerts(db, { state: 'open', limit: 1000 });
  const kin = open.filter(
    ({ id, cluster, phase }) => id !== alert?.id && cluster.id === of && phase !== 'pending',
  );
  return alert ? [alert, ...kin] : kin;
}

async function clusterOf(db: Pool, id: string | undefined) {
  if (id === undefined || id === '') return null;
  const { rows } = await db.query<{ id: number; name: string }>(
    'select id, name from cluster where id = $1',
    [Number(id)],
  );
  if (!rows[0]) throw invalid('cluster', 'there is no such cluster');
  return rows[0];
}

async function one(id: number): Promise<IncidentDetailBody> {
  const found = await readIncident(pool(), id);
  if (!found) throw notFound('incident');
  return found;
}

async function inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool().connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
