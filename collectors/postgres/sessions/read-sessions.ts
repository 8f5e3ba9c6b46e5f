/** The sessions of a server now, and who waits for whom. Texts lose their literals here: raw ones never leave the collector. */
import type { Session } from '@/collectors/postgres/session/session';
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { LiveSession } from '@/lib/activity/live-session';
import { describeStatement } from '@/lib/statement/describe-statement';

const most = 300;

/**
 * pg_stat_activity without ourselves. Of those that wait and of the others by turns what is open longest, so that however
 * long a queue is, its head is there; idle ones fill the rest.
 * pg_blocking_pids() takes the lock manager's own lock for a moment: it is asked for waiting sessions only.
 */
const sql = (queryId: string) => `select pid,
    to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started,
    backend_type, usename, datname, application_name, host(client_addr) as client, state, wait_event_type, wait_event,
    extract(epoch from now - xact_start) * 1000 as transaction_ms, extract(epoch from now - query_start) * 1000 as statement_ms,
    extract(epoch from now - state_change) * 1000 as state_ms,
    usesysid || '/' || datid || '/' || ${queryId} || '/t' as key, left(query, 16384) as query,
    leader_pid, case when wait_event_type = 'Lock' then array_to_string(pg_blocking_pids(pid), ',') else '' end as blocked_by
  from (select *, clock_timestamp() as now from pg_stat_activity
        where pid <> pg_backend_pid() and (backend_type = 'client backend' or state is not null or query = '<insufficient privilege>')) a
  order by row_number() over (partition by coalesce(wait_event_type, '') = 'Lock'
    order by (coalesce(state, 'idle') <> 'idle') desc, xact_start nulls last, pid)
  limit ${most}`;

/** @throws Failure, also when the login may not see what others do */
export async function readSessions(
  session: Session,
  server: ServerIdentity,
  timeoutMs: number,
): Promise<LiveSession[]> {
  const { columns, rows } = await session.query(
    sql(server.majorVersion >= 14 ? 'query_id' : 'null::text'),
    { doing: 'read the sessions', timeoutMs },
  );
  const records = rows.map(
    (row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])) as Row,
  );
  if (records.some(({ query }) => query === '<insufficient privilege>'))
    throw new Failure(
      'permission_denied',
      'The login may not see what other users do.',
      'GRANT pg_read_all_stats TO yagura; -- the login that watches',
    );
  const sessions = await Promise.all(records.map(sessionOf));
  return sessions.sort(
    (a, b) =>
      Number(b.blocked_by.length > 0) - Number(a.blocked_by.length > 0) ||
      Number(a.state === 'idle') - Number(b.state === 'idle') ||
      (b.transaction_ms ?? -1) - (a.transaction_ms ?? -1) ||
      a.pid - b.pid,
  );
}

type Name =
  | ('pid' | 'started' | 'backend_type' | 'usename' | 'datname' | 'application_name' | 'client')
  | ('state' | 'wait_event_type' | 'wait_event' | 'transaction_ms' | 'statement_ms' | 'state_ms')
  | ('key' | 'query' | 'leader_pid' | 'blocked_by');
type Row = Record<Name, string | null>;

async function sessionOf(row: Row): Promise<LiveSession> {
  // A walsender's command is not SQL, and says nothing that its kind does not.
  const text = row.backend_type === 'walsender' ? '' : (row.query?.trim() ?? '');
  const described = text === '' ? null : await describeStatement(text);
  const { wait_event_type: waitClass, wait_event: event } = row;
  // A session that waits for its client's next command waits for nothing.
  const waits =
    waitClass !== null && event !== null && waitClass !== 'Client' && waitClass !== 'Activity';
  return {
    pid: Number(row.pid),
    started: row.started ?? '',
    kind: row.backend_type === 'client backend' ? 'client' : (row.backend_type ?? 'unknown'),
    user: row.usename,
    database: row.datname,
    application: row.application_name || null,
    client: row.client,
    state: row.state,
    wait: waits ? { class: waitClass, event } : null,
    transaction_ms: number(row.transaction_ms),
    statement_ms: number(row.statement_ms),
    state_ms: number(row.state_ms),
    rows_changed: null,
    statement: described && {
      ...{ id: described.id, text: described.text.slice(0, 2000), key: row.key },
      ...{ kind: described.kind, tables: described.tables },
      // track_activity_query_size is 1024 unless raised.
      whole: described.kind !== 'unknown' && Buffer.byteLength(text) < 1000,
    },
    blocked_by: (row.blocked_by ?? '').split(',').filter(Boolean).map(Number),
    leader: number(row.leader_pid),
  };
}

const number = (text: string | null) => (text === null ? null : Number(text));
