/** What threads wait for at this moment, where the owner of the server has that collected. */
import type { Session } from '../session/session';

/** The innermost wait by connection; of one that is not in it nothing is waited for. */
export type Waits = { on: false } | { on: true; events: ReadonlyMap<number, string> };

/** Off by default in MySQL and MariaDB: it costs each thread a little at every wait. */
export const waitsSql = `select enabled = 'YES' from performance_schema.setup_consumers where name = 'events_waits_current'`;

/** @throws Failure */
export async function readWaits(session: Session, timeoutMs: number): Promise<Waits> {
  const doing = 'read what threads wait for';
  const found = await session.query(waitsSql, { doing, timeoutMs });
  if (found.rows[0]?.[0] !== '1') return { on: false };
  return { on: true, events: await readEvents(session, timeoutMs) };
}

/** Waits that have not ended; a thread has one row for each that is inside of another. @throws Failure */
export async function readEvents(session: Session, timeoutMs: number) {
  const { rows } = await session.query(
    `select t.processlist_id, w.event_name
  from performance_schema.events_waits_current w join performance_schema.threads t on t.thread_id = w.thread_id
  where w.end_event_id is null and w.event_name <> 'idle' and t.processlist_id is not null and t.processlist_command <> 'Sleep'
  order by w.event_id limit 2000`,
    { doing: 'read what threads wait for', timeoutMs },
  );
  return new Map(rows.map(([pid, event]) => [Number(pid), event ?? '']));
}
