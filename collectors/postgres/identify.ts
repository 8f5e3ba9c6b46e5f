/** Who answers: read at every poll, because an address outlives the server behind it. */
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { Session } from './session/session';

// The timeline in the control file waits for the next checkpoint after a promotion; the WAL's own name does not.
const sql = `select current_setting('server_version') as version,
    current_setting('server_version_num') as version_number,
    pg_is_in_recovery() as in_recovery,
    extract(epoch from pg_postmaster_start_time())::text as started_at,
    extract(epoch from clock_timestamp()) * 1000 as clock_ms,
    (select system_identifier::text from pg_control_system()) as system_identifier,
    case when pg_is_in_recovery()
      then greatest((select received_tli from pg_stat_wal_receiver), (select timeline_id from pg_control_checkpoint()))
      else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end as timeline,
    (select count(*) from pg_stat_activity
      where usename = current_user and application_name like 'yagura/%') as own_connections`;

/** Aurora refuses the WAL functions. */
const withoutTimeline = (text: string) =>
  text.replace(/case when pg_is_in_recovery\(\)\s+then[\s\S]*?end as timeline/, 'null as timeline');
// For a login that was denied the control functions.
const plainSql = withoutTimeline(sql).replace(
  '(select system_identifier::text from pg_control_system())',
  'null',
);

const oldestSupported = 13;

/** @throws Failure, also for a server that is too old or is not PostgreSQL */
export async function identify(session: Session): Promise<ServerIdentity> {
  const options = { doing: 'identify the server', timeoutMs: 3_000 };
  const { columns, rows } = await session.query(sql, options).catch((error: Failure) => {
    if (error.fatal || error.code === 'timeout') throw error;
    const denied = error.code === 'permission_denied' || error.code === 'object_missing';
    return session.query(denied ? plainSql : withoutTimeline(sql), options);
  });
  const value = (column: string): string | null => rows[0]?.[columns.indexOf(column)] ?? null;
  const versionNumber = Number(value('version_number') ?? Number.NaN);
  const majorVersion = Math.floor(versionNumber / 10_000);
  if (!Number.isInteger(majorVersion) || majorVersion < oldestSupported)
    throw new Failure(
      'version_unsupported',
      `PostgreSQL ${value('version') ?? '?'} is not watched; ${oldestSupported} is the oldest`,
      null,
      true,
    );
  const timeline = value('timeline');
  const own = value('own_connections');
  return {
    version: value('version') ?? '',
    versionNumber,
    majorVersion,
    role: value('in_recovery') === 't' ? 'replica' : 'primary',
    startedAt: value('started_at'),
    clockMs: Number(value('clock_ms')),
    systemIdentifier: value('system_identifier'),
    timeline: timeline === null ? null : Number(timeline),
    ownConnections: own === null ? null : Number(own),
  };
}
