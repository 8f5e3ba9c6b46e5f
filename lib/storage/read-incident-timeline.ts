import type { TimelineBody } from '@/lib/contract';
import type { Stamps } from '@/lib/incident/phases';
import type { Db } from './partitions';

/** What happened shortly before belongs to it: the deploy that began it. */
const beforeMs = 30 * 60_000;
const most = 500;

/** What people, servers and rules did around an incident, oldest first. */
export async function readIncidentTimeline(
  db: Db,
  incident: Stamps & { id: number; clusterId: number | null },
  now: number,
): Promise<TimelineBody[]> {
  const window = [
    new Date(incident.started_at - beforeMs),
    new Date(incident.closed_at ?? incident.resolved_at ?? now),
  ];
  const { rows } = await db.query<Omit<TimelineBody, 'at'> & { at: Date }>(
    `select * from (
       select 'i' || id as id, at, actor, kind, coalesce(details ->> 'what', '') as what, text, null as instance
       from incident_event where incident_id = $1
       union all
       select 't' || t.id, t.at, t.actor, 'alert', t.body ->> 'to', coalesce(a.facts -> 'says' ->> 'en', a.rule_id),
         a.facts -> 'instance' ->> 'name'
       from alert_transition t join alert a on a.id = t.alert_id join incident_alert ia on ia.alert_id = a.id
       where ia.incident_id = $1 and t.at between $3 and $4
       union all
       select 'e' || e.id, e.at, null, 'event', e.kind, e.text, n.name
       from event e left join instance n on n.id = e.instance_id
       where e.cluster_id = $2 and e.at between $3 and $4
       union all
       select 'a' || u.seq, u.at, u.actor, 'action', u.action,
         concat_ws(' ', 'pid', u.details ->> 'pid', u.details ->> 'user', u.details ->> 'application'), n.name
       from audit_entry u join instance n on u.object = 'instance ' || n.id
       where n.cluster_id = $2 and u.action like 'session.%' and u.details ->> 'outcome' = 'done' and u.at between $3 and $4
     ) found order by at, id limit ${most}`,
    [incident.id, incident.clusterId, ...window],
  );
  return rows.map(({ at, ...one }) => ({ ...one, at: at.getTime() }));
}
