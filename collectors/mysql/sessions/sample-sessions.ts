/** Who is active, each second, as cheaply as it can be asked. */
import type { ActiveSession, LoadSample } from '@/lib/activity/sum-load';
import type { RawResult } from '@/lib/metric/row';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import type { Session } from '../session/session';
import { type Blockers, readMetadataLockBlockers, readRowLockBlockers } from './read-blockers';
import { applicationsOf, statementKey, waitsForMetadata } from './read-sessions';
import { readEvents, readWaits } from './read-waits';
import { cpuOrIo, waitClass } from './wait-class';

/** The tables of locks are asked each third time, and only while somebody waits. */
const askBlockersEvery = 3;
/** Whether waits are collected is looked up this often. */
const waitsEveryMs = 60_000;
const mostApplications = 10_000;

/** Classes that are told apart with waits collected, and without. */
const allWaits = ['CPU', 'IO', 'Lock', 'LWLock', 'Client'];
const fewWaits = [cpuOrIo, 'Lock', 'Client'];

/** One per connection: it remembers names of applications, and who blocks whom between two askings. */
export function createSampler(session: Session) {
  let turn = 0;
  let blockers: Blockers = new Map();
  let waitsOn = false;
  let waitsAtMs = Number.NEGATIVE_INFINITY;
  const applications = new Map<number, string | null>();

  /** Null where waits are not collected. */
  const events = async (timeoutMs: number): Promise<ReadonlyMap<number, string> | null> => {
    if (performance.now() - waitsAtMs > waitsEveryMs) {
      const waits = await readWaits(session, timeoutMs);
      waitsOn = waits.on;
      waitsAtMs = performance.now();
      return waits.on ? waits.events : null;
    }
    return waitsOn ? readEvents(session, timeoutMs) : null;
  };

  const nameApplications = async (pids: readonly number[], timeoutMs: number) => {
    const unseen = pids.filter((pid) => !applications.has(pid)).slice(0, 100);
    if (unseen.length === 0) return;
    if (applications.size > mostApplications) applications.clear();
    const found = await applicationsOf(session, unseen, timeoutMs);
    for (const pid of unseen) applications.set(pid, found.get(String(pid)) || null);
  };

  const askBlockers = async (rowLocks: boolean, metadata: boolean, timeoutMs: number) => {
    const all: [number, readonly number[]][] = [];
    if (rowLocks) all.push(...(await readRowLockBlockers(session, timeoutMs)));
    if (metadata) all.push(...(await readMetadataLockBlockers(session, timeoutMs)));
    return new Map(all);
  };

  /** @param sql the definition's query: threads that execute something. @throws Failure */
  return async (sql: string, timeoutMs: number): Promise<LoadSample> => {
    const rows = rowsOf(await session.query(sql, { doing: 'mysql.load', timeoutMs }));
    // Which classes are told apart is said of a moment in which nobody is active too.
    const lookedUp = performance.now() - waitsAtMs <= waitsEveryMs;
    const inside = rows.length === 0 && lookedUp ? null : await events(timeoutMs);
    const rowWaiters =
      Number(rows[0]?.row_lock_waits ?? 0) > 0 ? await readRowWaiters(session, timeoutMs) : null;
    const metadata = rows.some(({ state }) => waitsForMetadata(state));
    if (!rowWaiters?.size && !metadata) {
      blockers = new Map();
      turn = 0;
    } else if (turn++ % askBlockersEvery === 0)
      blockers = await askBlockers(rowWaiters !== null, metadata, timeoutMs);
    const idle = await readIdleBlockers(
      session,
      [...new Set([...blockers.values()].flat())].filter(
        (pid) => pid > 0 && !rows.some((row) => Number(row.pid) === pid),
      ),
      timeoutMs,
    );
    await nameApplications(
      [...rows, ...idle].map(({ pid }) => Number(pid)),
      timeoutMs,
    );
    const sessions = [
      ...rows.map((row) => {
        const pid = Number(row.pid);
        const event = inside === null ? undefined : (inside.get(pid) ?? null);
        const { wait, event: waited } = waitClass(row.state, event, rowWaiters?.has(pid) ?? false);
        return active(row, {
          ...{ state: 'active', wait, event: wait === cpuOrIo ? null : waited },
          blockedBy: wait === 'Lock' ? (blockers.get(pid) ?? []) : [],
        });
      }),
      ...idle.map((row) =>
        active(row, { state: 'idle in transaction', wait: 'Client', event: null, blockedBy: [] }),
      ),
    ];
    return { sessions, waits: waitsOn ? allWaits : fewWaits };
  };

  function active(
    row: Row,
    more: Pick<ActiveSession, 'state' | 'wait' | 'event' | 'blockedBy'>,
  ): ActiveSession {
    const id = row.text === null ? null : describeMysqlStatement(row.text).id;
    return {
      pid: Number(row.pid),
      started: null,
      user: row.user,
      database: row.db,
      application: applications.get(Number(row.pid)) ?? null,
      statement: statementKey(session.flavour, row.digest, row.current_schema, id),
      ...more,
    };
  }
}

type Name = 'pid' | 'user' | 'db' | 'state' | 'digest' | 'current_schema' | 'text';
type Row = Record<Name, string | null> & { row_lock_waits?: string | null };

const names = ['pid', 'user', 'db', 'state', 'digest', 'current_schema', 'text'] as const;

/** @throws when a column is missing */
function rowsOf({ columns, rows }: RawResult): Row[] {
  for (const name of names)
    if (!columns.includes(name)) throw new Error(`mysql.load: the result has no column "${name}"`);
  return rows.map(
    (row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])) as Row,
  );
}

async function readRowWaiters(session: Session, timeoutMs: number): Promise<Set<number>> {
  const { rows } = await session.query(
    `select trx_mysql_thread_id from information_schema.innodb_trx where trx_state = 'LOCK WAIT' limit 500`,
    { doing: 'read who waits for a row lock', timeoutMs },
  );
  return new Set(rows.map(([pid]) => Number(pid)));
}

/** Who holds others up without executing anything is no load; its name is at the head of the queue. */
async function readIdleBlockers(
  session: Session,
  pids: readonly number[],
  timeoutMs: number,
): Promise<Row[]> {
  if (pids.length === 0) return [];
  const sql =
    session.flavour === 'mysql'
      ? `select processlist_id as pid, processlist_user as user, processlist_db as db, processlist_state as state,
    null as digest, null as current_schema, null as text
  from performance_schema.threads where processlist_id in (${pids.join(', ')}) and processlist_command = 'Sleep'`
      : `select id as pid, user, db, state, null as digest, null as current_schema, null as text
  from information_schema.processlist where id in (${pids.join(', ')}) and command = 'Sleep'`;
  return rowsOf(await session.query(sql, { doing: 'read who holds others up', timeoutMs }));
}
