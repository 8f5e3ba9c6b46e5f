/** The marks on the charts that a change of identity makes. Pure. */
import type { ReplicationEvent } from '@/lib/replication/replication-events';
import type { ServerIdentity } from './engine';

export type SeenEvent = {
  kind:
    | 'restart'
    | 'promotion'
    | 'demotion'
    | 'replaced'
    | 'timeline'
    | 'statements_reset'
    | 'upgrade'
    | 'down'
    | 'up'
    | 'index_created'
    | 'index_dropped'
    | 'deadlock'
    | ReplicationEvent['kind'];
  /** English; screens say it by `kind` and `details`. */
  text: string;
  details: Record<string, string | number | null>;
};

export function eventsBetween(before: ServerIdentity | null, now: ServerIdentity): SeenEvent[] {
  if (before === null) return [];
  if (
    before.systemIdentifier !== null &&
    now.systemIdentifier !== null &&
    before.systemIdentifier !== now.systemIdentifier
  )
    return [
      {
        kind: 'replaced',
        text: 'Another server answers at this address',
        details: { from: before.systemIdentifier, to: now.systemIdentifier },
      },
    ];
  const events: SeenEvent[] = [];
  if (before.role !== now.role)
    events.push({
      kind: now.role === 'primary' ? 'promotion' : 'demotion',
      text: now.role === 'primary' ? 'Promoted to primary' : 'Became a replica',
      details: { timeline: now.timeline },
    });
  else if (before.timeline !== null && now.timeline !== null && before.timeline !== now.timeline)
    events.push({
      kind: 'timeline',
      text: `Follows timeline ${now.timeline}`,
      details: { from: before.timeline, to: now.timeline },
    });
  if (before.versionNumber !== now.versionNumber)
    events.push({
      kind: 'upgrade',
      text: `Version ${before.version} became ${now.version}`,
      details: { from: before.version, to: now.version },
    });
  if (before.startedAt !== null && now.startedAt !== null && before.startedAt !== now.startedAt)
    events.push({
      kind: 'restart',
      text: 'The server was restarted',
      details: { started_ms: Math.round(Number(now.startedAt) * 1000) },
    });
  return events;
}

/** What the reading of all statements saw of their counters. @param partial why a reading is a lower bound */
export function resetEvents(partial: string | null): SeenEvent[] {
  const said: Record<string, string> = {
    crash: 'The server crashed: the counters of statements were emptied',
    reset: 'The counters of statements were reset',
  };
  const text = partial === null ? undefined : said[partial];
  return text ? [{ kind: 'statements_reset', text, details: { reason: partial } }] : [];
}
