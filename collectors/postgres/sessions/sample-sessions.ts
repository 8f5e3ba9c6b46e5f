/** Who is active, each second, as cheaply as it can be asked. */
import type { Session } from '@/collectors/postgres/session/session';
import type { ActiveSession, LoadSample } from '@/lib/activity/sum-load';
import type { RawResult } from '@/lib/metric/row';

/** pg_blocking_pids() stops the lock manager for a moment: it is asked each third time, and only while somebody waits. */
const askBlockersEvery = 3;
const mostWaiting = 50;
/** Classes that are drawn also when nobody waits for them, so that a chart's colours and legend stay. */
const waits = ['CPU', 'IO', 'Lock', 'LWLock', 'Client'];
/** Of so few, those that are new are asked for at once. */
const fewWaiting = 10;

/** One per connection: it remembers who blocks whom between two askings. */
export function createSampler(session: Session) {
  let turn = 0;
  let blockers = new Map<string, number[]>();

  const askBlockers = async (waiting: readonly ActiveSession[], timeoutMs: number) => {
    const pids = waiting.slice(0, mostWaiting).map(({ pid }) => pid);
    const { rows } = await session.query(
      `select pid, array_to_string(pg_blocking_pids(pid), ',') from unnest(array[${pids.join(', ')}]) as pid`,
      { doing: 'read who blocks whom', timeoutMs },
    );
    const asked = new Map(rows.map(([pid, by]) => [Number(pid), pidsOf(by ?? null)]));
    return new Map(waiting.map((one) => [nameOf(one), asked.get(one.pid) ?? []]));
  };

  /** @throws Failure */
  return async (sql: string, timeoutMs: number): Promise<LoadSample> => {
    const sessions = activeOf(await session.query(sql, { doing: 'postgres.load', timeoutMs }));
    const waiting = sessions.filter(({ wait }) => wait === 'Lock');
    if (waiting.length === 0) blockers.clear();
    else if (
      turn++ % askBlockersEvery === 0 ||
      (waiting.length <= fewWaiting && waiting.some((one) => !blockers.has(nameOf(one))))
    )
      blockers = await askBlockers(waiting, timeoutMs);
    return {
      waits,
      sessions: sessions.map((one) =>
        one.wait === 'Lock' ? { ...one, blockedBy: blockers.get(nameOf(one)) ?? [] } : one,
      ),
    };
  };
}

const nameOf = ({ pid, started, statement }: ActiveSession) => `${pid} ${started} ${statement}`;
const pidsOf = (text: string | null) => (text ?? '').split(',').filter(Boolean).map(Number);

/** @throws when a column is missing */
export function activeOf({ columns, rows }: RawResult): ActiveSession[] {
  const at = (name: string) => {
    const place = columns.indexOf(name);
    if (place < 0) throw new Error(`postgres.load: the result has no column "${name}"`);
    return place;
  };
  const [pid, started, state, wait, event, user, database, application, statement] = [
    ...['pid', 'started', 'state', 'wait', 'event'],
    ...['usename', 'datname', 'application_name', 'statement'],
  ].map(at) as [number, number, number, number, number, number, number, number, number];
  return rows.map((row) => ({
    pid: Number(row[pid]),
    started: row[started] ?? '',
    state: row[state] === 'idle in transaction' ? 'idle in transaction' : 'active',
    wait: row[wait] ?? 'CPU',
    event: row[event] ?? null,
    user: row[user] ?? null,
    database: row[database] ?? null,
    application: row[application] || null,
    statement: row[statement] ?? null,
    blockedBy: [],
  }));
}
