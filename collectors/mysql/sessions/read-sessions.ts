/** The sessions of a server now, and who waits for whom. Texts lose their literals here: raw ones never leave the collector. */
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { LiveSession } from '@/lib/activity/live-session';
import type { Flavour } from '@/lib/metric/define-metric';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import { holds, readGrants } from '../grants';
import type { Session } from '../session/session';
import { keyOf } from '../statements/digest-table';
import { type Blockers, readMetadataLockBlockers, readRowLockBlockers } from './read-blockers';
import { readWaits } from './read-waits';
import { sessionStart } from './session-name';
import { cpuOrIo, waitClass } from './wait-class';

const most = 300;
const longestText = 16_384;

/** Transactions by connection, their ages to the second. Needs PROCESS: without it nothing is answered, not a part. */
const transactions = `select trx_mysql_thread_id as connection, max(trx_state = 'LOCK WAIT') as waits,
      max(timestampdiff(microsecond, trx_started, now(6))) / 1000 as transaction_ms, max(trx_rows_modified) as rows_changed
    from information_schema.innodb_trx where trx_mysql_thread_id > 0 group by 1`;

/** Those that wait and the others by turns, what is open longest first; idle ones fill the rest. */
const order = (command: string, state: string, pid: string) => `order by row_number() over (
    partition by coalesce(x.waits, 0) = 1 or coalesce(${state}, '') like 'Waiting for%lock'
    order by ${command} <> 'Sleep' desc, x.transaction_ms is null, x.transaction_ms desc, ${pid})
  limit ${most}`;

/** MariaDB says what a resting session ran last of those in a transaction only: of all it would cost twice as much. */
const sessionsSql: Record<Flavour, string> = {
  mysql: `select t.processlist_id as pid, t.thread_id as thread, t.processlist_user as user, t.processlist_host as client,
    t.processlist_db as db, t.processlist_command as command, t.name, t.processlist_state as state,
    t.processlist_time * 1000 as state_ms, case when s.end_event_id is null then s.timer_wait / 1e9 end as statement_ms,
    x.transaction_ms, x.waits, x.rows_changed, s.digest, s.current_schema,
    left(coalesce(t.processlist_info, s.sql_text), ${longestText}) as text,
    t.processlist_info is not null as text_is_whole
  from performance_schema.threads t
    left join performance_schema.events_statements_current s on s.thread_id = t.thread_id and s.nesting_event_level = 0
    left join (${transactions}) x on x.connection = t.processlist_id
  where t.processlist_id <> connection_id() and t.processlist_command <> 'Daemon'
  ${order('t.processlist_command', 't.processlist_state', 't.processlist_id')}`,
  // MariaDB shows its list of processes with performance_schema off too, and to the microsecond.
  mariadb: `select p.id as pid, null as thread, p.user, substring_index(p.host, ':', 1) as client,
    p.db, p.command, lower(p.command) as name, p.state,
    p.time_ms as state_ms, case when p.command <> 'Sleep' then p.time_ms end as statement_ms,
    x.transaction_ms, x.waits, x.rows_changed, null as digest, null as current_schema,
    left(coalesce(p.info, s.sql_text), ${longestText}) as text, p.info is not null as text_is_whole
  from information_schema.processlist p
    left join (select t.processlist_id as connection, e.sql_text
      from performance_schema.events_statements_current e join performance_schema.threads t on t.thread_id = e.thread_id
      where e.nesting_event_level = 0
        and t.processlist_id in (select trx_mysql_thread_id from information_schema.innodb_trx)) s on s.connection = p.id
    left join (${transactions}) x on x.connection = p.id
  where p.id <> connection_id() and p.command <> 'Daemon'
  ${order('p.command', 'p.state', 'p.id')}`,
};

type Name =
  | ('pid' | 'thread' | 'user' | 'client' | 'db' | 'command' | 'name' | 'state' | 'state_ms')
  | ('statement_ms' | 'transaction_ms' | 'waits' | 'rows_changed' | 'digest' | 'current_schema')
  | ('text' | 'text_is_whole');
type Row = Record<Name, string | null>;

/** performance_schema_max_sql_text_length is 1024 unless raised. */
const keptText = 1_000;

/** @throws Failure, also when the login may not see what others do */
export async function readSessions(
  session: Session,
  server: ServerIdentity,
  timeoutMs: number,
): Promise<LiveSession[]> {
  if (session.flavour === 'mariadb') await mustSeeOthers(session);
  const { columns, rows } = await session.query(sessionsSql[session.flavour], {
    doing: 'read the sessions',
    timeoutMs,
  });
  const records = rows.map(
    (row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])) as Row,
  );
  const waits = await readWaits(session, timeoutMs);
  const events = waits.on ? waits.events : null;
  const applications = await readApplications(session, records, timeoutMs);
  const rowLocks = records.some((row) => row.waits === '1')
    ? await readRowLockBlockers(session, timeoutMs)
    : new Map();
  const metadataLocks = records.some((row) => waitsForMetadata(row.state))
    ? await readMetadataLockBlockers(session, timeoutMs)
    : new Map();
  const sessions = records.map((row) =>
    sessionOf(row, {
      server,
      flavour: session.flavour,
      event: events === null ? undefined : (events.get(Number(row.pid)) ?? null),
      application: applications.get(row.pid ?? '') ?? null,
      blockers: [rowLocks, metadataLocks],
    }),
  );
  return sessions.sort(
    (a, b) =>
      Number(b.blocked_by.length > 0) - Number(a.blocked_by.length > 0) ||
      Number(a.state === 'idle') - Number(b.state === 'idle') ||
      (b.transaction_ms ?? -1) - (a.transaction_ms ?? -1) ||
      a.pid - b.pid,
  );
}

/** Without PROCESS, MariaDB shows a login its own sessions and says nothing of others. */
async function mustSeeOthers(session: Session): Promise<void> {
  const grants = await readGrants(session);
  if (holds(grants.rights, 'PROCESS')) return;
  throw new Failure(
    'permission_denied',
    'The login may not see what other users do: it needs PROCESS.',
    `GRANT PROCESS ON *.* TO ${grants.account};`,
  );
}

/** Waiting for the definition of a table, a schema, everything: not for rows. */
export const waitsForMetadata = (state: string | null) =>
  /^Waiting for .*\block$/i.test(state ?? '');

/** Names that clients gave themselves when they connected; kept with performance_schema only. */
async function readApplications(session: Session, rows: readonly Row[], timeoutMs: number) {
  const pids = rows.map(({ pid }) => Number(pid));
  return applicationsOf(session, pids, timeoutMs);
}

/** By connection. @throws Failure */
export async function applicationsOf(
  session: Session,
  pids: readonly number[],
  timeoutMs: number,
): Promise<Map<string, string>> {
  if (pids.length === 0) return new Map();
  const { rows } = await session.query(
    `select processlist_id, left(attr_value, 200) from performance_schema.session_connect_attrs
  where attr_name = 'program_name' and processlist_id in (${pids.join(', ')})`,
    { doing: 'read the names of applications', timeoutMs },
  );
  return new Map(rows.map(([pid, name]) => [pid ?? '', name ?? '']));
}

type Beside = {
  server: ServerIdentity;
  flavour: Flavour;
  event: string | null | undefined;
  application: string | null;
  blockers: readonly Blockers[];
};

function sessionOf(row: Row, beside: Beside): LiveSession {
  const pid = Number(row.pid);
  const kind = kindOf(row);
  const idle = row.command === 'Sleep';
  const text = kind === 'client' ? (row.text?.trim() ?? '') : '';
  const cut = row.text_is_whole === '1' ? text.length >= longestText : text.length > keptText;
  const described = text === '' ? null : describeMysqlStatement(text, { truncated: cut });
  const transactionMs = number(row.transaction_ms);
  return {
    pid,
    started: sessionStart(beside.server, row.thread),
    kind,
    user: row.user,
    database: row.db,
    application: beside.application || null,
    client: row.client || null,
    state: !idle ? 'active' : transactionMs === null ? 'idle' : 'idle in transaction',
    wait: idle || kind !== 'client' ? null : waitOf(row, beside.event),
    transaction_ms: transactionMs,
    statement_ms: number(row.statement_ms),
    state_ms: number(row.state_ms),
    rows_changed: number(row.rows_changed),
    statement: described && {
      ...{ id: described.id, text: described.text.slice(0, 2000) },
      key: statementKey(beside.flavour, row.digest, row.current_schema, described.id),
      ...{ kind: described.kind, tables: described.tables },
      whole: described.kind !== 'unknown' && !cut,
    },
    blocked_by: [...new Set(beside.blockers.flatMap((one) => one.get(pid) ?? []))],
    leader: null,
  };
}

/** How the digest table names what runs; MariaDB does not tell its digest while it runs: there it is our own name of it. */
export function statementKey(
  flavour: Flavour,
  digest: string | null,
  schema: string | null,
  id: string | null,
): string | null {
  if (flavour === 'mysql' && digest !== null) return keyOf(schema, digest);
  return id === null ? null : `id//${id}/t`;
}

/** `client`, or which thread of the server it is: `binlog dump`, `replica sql`, `slave_io`. */
function kindOf({ user, command, name }: Row): string {
  if (/^Binlog Dump/i.test(command ?? '')) return 'binlog dump';
  const isServer = user === null || user === 'system user' || user === 'event_scheduler';
  return isServer ? (name ?? 'server').replace(/^.*\//, '').replaceAll('_', ' ') : 'client';
}

/** States that only say that a statement is being executed. */
const plainStates = /^(executing|starting|init|)$/i;

function waitOf(row: Row, event: string | null | undefined): LiveSession['wait'] {
  const found = waitClass(row.state, event, row.waits === '1');
  if (found.wait === 'CPU') return null;
  if (found.wait === cpuOrIo && plainStates.test(found.event ?? '')) return null;
  return { class: found.wait, event: found.event ?? '' };
}

const number = (text: string | null) => (text === null ? null : Number(text));
