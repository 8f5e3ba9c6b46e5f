import type { Pool } from 'pg';
import type { IncidentBody, IncidentDetailBody, IncidentsBody } from '@/lib/contract';
import { type Effect, type EffectSeries, effectOf, effectWindowMs } from '@/lib/incident/effect';
import { measureIncidents } from '@/lib/incident/measure';
import { durationsOf, mayFollow, type Phase, type Stamps } from '@/lib/incident/phases';
import { emptyReview, type Review } from '@/lib/incident/review';
import { likeness, type Shared, type Traits } from '@/lib/incident/similar';
import type { Db } from './partitions';
import { readAlerts } from './read-alerts';
import { readIncidentTimeline } from './read-incident-timeline';
import { readClusterHeadlines } from './read-verdict';

const monthsMs = 365 * 24 * 3_600_000;
const mostSimilar = 3;
/** The window after an action, and time for its last readings to be stored. */
const knownAfterMs = effectWindowMs + 40_000;
/** Readings of the last hour are looked at; what was not worked out by then stays unknown. */
const effectReadMs = 50 * 60_000;

type Row = {
  id: number;
  title: string;
  severity: 'warning' | 'critical';
  phase: Phase;
  cluster_id: number | null;
  cluster_name: string | null;
  opened_by: string;
  traits: Traits;
  review: Partial<Review>;
  version: number;
  firing: number;
} & { [name in keyof Stamps]: Date | null };

const columns = `i.id, i.title, i.severity, i.phase, i.cluster_id, coalesce(c.name, i.cluster_name) as cluster_name,
  i.opened_by, i.started_at, i.detected_at, i.acknowledged_at, i.mitigated_at, i.resolved_at, i.closed_at, i.traits,
  i.review, i.version, (select count(*)::int from incident_alert ia join alert a on a.id = ia.alert_id
    where ia.incident_id = i.id and a.phase in ('firing', 'recovering')) as firing`;
const tables = 'incident i left join cluster c on c.id = i.cluster_id';

export const stampsOf = (row: Pick<Row, keyof Stamps>): Stamps => ({
  started_at: (row.started_at as Date).getTime(),
  detected_at: (row.detected_at as Date).getTime(),
  acknowledged_at: row.acknowledged_at?.getTime() ?? null,
  mitigated_at: row.mitigated_at?.getTime() ?? null,
  resolved_at: row.resolved_at?.getTime() ?? null,
  closed_at: row.closed_at?.getTime() ?? null,
});

function bodyOf(row: Row): IncidentBody {
  const stamps = stampsOf(row);
  return {
    ...{ id: String(row.id), title: row.title, severity: row.severity, phase: row.phase },
    cluster:
      row.cluster_name === null
        ? null
        : { id: row.cluster_id === null ? null : String(row.cluster_id), name: row.cluster_name },
    ...{ opened_by: row.opened_by, ...stamps, ...durationsOf(stamps), firing: row.firing },
    tasks_open: (row.review.tasks ?? []).filter(({ done }) => !done).length,
  };
}

/** Open ones first, the newest of each first. */
export async function readIncidents(
  db: Db,
  query: { state?: 'open' | 'all'; cluster?: string | undefined; limit?: number },
): Promise<IncidentsBody> {
  const of = query.cluster ?? null;
  const { rows } = await db.query<Row>(
    `select ${columns} from ${tables}
     where ($1::int is null or i.cluster_id = $1) and ($2 or i.closed_at is null)
     order by i.closed_at is not null, i.detected_at desc, i.id desc limit $3`,
    [of, query.state !== 'open', query.limit ?? 100],
  );
  const measured = await db.query<Row>(
    `select started_at, detected_at, acknowledged_at, mitigated_at, resolved_at, closed_at from incident
     where detected_at > now() - $2 * interval '1 ms' and ($1::int is null or cluster_id = $1)`,
    [of, monthsMs],
  );
  return {
    incidents: rows.map(bodyOf),
    months: measureIncidents(measured.rows.map(stampsOf)),
  };
}

/** Null when there is none. */
export async function readIncident(
  db: Pool,
  id: number,
  now = Date.now(),
): Promise<IncidentDetailBody | null> {
  const { rows } = await db.query<Row>(`select ${columns} from ${tables} where i.id = $1`, [id]);
  const row = rows[0];
  if (!row) return null;
  const [alertIds, evidence, similar, timeline] = await Promise.all([
    db.query<{ id: string }>(
      'select alert_id::text as id from incident_alert where incident_id = $1',
      [id],
    ),
    db.query<Omit<IncidentDetailBody['evidence'][number], 'at'> & { at: Date }>(
      'select id::text, kind, instance, at, body, reason from incident_evidence where incident_id = $1 order by id',
      [id],
    ),
    readSimilar(db, row),
    readIncidentTimeline(db, { id, clusterId: row.cluster_id, ...stampsOf(row) }, now),
  ]);
  const alerts = await Promise.all(
    alertIds.rows.map(async (one) => (await readAlerts(db, { id: Number(one.id) }))[0]),
  );
  const actions = timeline.filter(
    ({ kind, actor }) => actor !== null && (kind === 'mitigation' || kind === 'action'),
  );
  const effects = await readEffects(db, row, actions, now);
  return {
    ...bodyOf(row),
    next: [...mayFollow(row.phase)],
    alerts: alerts.flatMap((one) => one ?? []),
    timeline,
    mitigations: actions.map(({ id: name, at, actor, what, text }) => ({
      ...{ id: name, at, actor: actor ?? '', what, text },
      effect: effects.get(name) ?? null,
    })),
    evidence: evidence.rows.map(({ at, ...one }) => ({
      ...one,
      at: at.getTime(),
    })),
    review: { ...emptyReview, ...row.review },
    version: row.version,
    similar,
  };
}

async function readSimilar(db: Db, row: Row): Promise<IncidentDetailBody['similar']> {
  const { rows } = await db.query<Row>(
    `select ${columns} from ${tables} where i.id < $1 order by i.id desc limit 500`,
    [row.id],
  );
  const own = { cluster: row.cluster_name, traits: row.traits };
  const found = rows.flatMap((other) => {
    const like = likeness(own, { cluster: other.cluster_name, traits: other.traits });
    return like === null ? [] : [{ other, ...like }];
  });
  return found
    .toSorted((a, b) => b.score - a.score)
    .slice(0, mostSimilar)
    .map(({ other, shared }: { other: Row; shared: Shared[] }) => ({
      incident: bodyOf(other),
      ...{ summary: other.review.summary ?? '', cause: other.review.cause ?? '', shared },
    }));
}

/** Kept once they are known, for the readings go. */
async function readEffects(
  db: Pool,
  row: Row,
  actions: readonly { id: string; at: number }[],
  now: number,
): Promise<Map<string, Effect[]>> {
  const { rows } = await db.query<{ details: { effects?: Record<string, Effect[]> } }>(
    `select details from incident_event where incident_id = $1 and kind = 'opened'`,
    [row.id],
  );
  const kept = new Map(Object.entries(rows[0]?.details.effects ?? {}));
  if (row.cluster_id === null) return kept;
  for (const { id, at } of actions) {
    if (kept.has(id) || now - at < knownAfterMs || now - at > effectReadMs) continue;
    const series = await readClusterHeadlines(db, row.cluster_id, at + knownAfterMs);
    const effect = effectOf(
      series.map(
        (one): EffectSeries => ({
          ...{ id: one.id, of: one.of ?? null, layer: one.layer, unit: one.unit },
          ...{ per_second: one.perSecond ?? false, floor: one.floor, points: one.points },
        }),
      ),
      at,
    );
    if (effect === null) continue;
    kept.set(id, effect);
    await db.query(
      `update incident_event set details = jsonb_set(details, array['effects'],
         coalesce(details -> 'effects', '{}') || jsonb_build_object($2::text, $3::jsonb))
       where incident_id = $1 and kind = 'opened'`,
      [row.id, id, JSON.stringify(effect)],
    );
  }
  return kept;
}
