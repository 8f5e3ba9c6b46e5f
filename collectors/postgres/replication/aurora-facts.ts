/**
 * Aurora PostgreSQL in place of what pg_stat_replication and the WAL functions say elsewhere: there they fail or stay empty.
 * From the documentation of aurora_replica_status() and aurora_db_instance_identifier(); not run against the service.
 */
import type { Session } from '@/collectors/postgres/session/session';
import type { ServerIdentity } from '@/collectors/run/engine';
import { type AuroraMember, auroraStreams } from '@/lib/replication/aurora-status';
import { emptyFacts, type ReplicationFacts } from '@/lib/replication/facts';

type Options = { doing: string; timeoutMs: number };

/** A function that somebody else made under that name is not in pg_catalog, and would run with our rights. */
export async function isAurora(session: Session, options: Options): Promise<boolean> {
  const { rows } = await session.query(
    `select to_regprocedure('pg_catalog.aurora_replica_status()') is not null
    and to_regprocedure('pg_catalog.aurora_db_instance_identifier()') is not null`,
    options,
  );
  return rows[0]?.[0] === 't';
}

const membersSql = `select server_id, session_id, replica_lag_in_msec,
    extract(epoch from clock_timestamp() - last_update_timestamp) * 1000 as updated_ms
  from pg_catalog.aurora_replica_status() limit 200`;
const ownSql = `select pg_catalog.aurora_db_instance_identifier(), current_setting('port'), pg_is_in_recovery(),
    current_setting('default_transaction_read_only') = 'on'`;

/** @throws Failure */
export async function readAuroraFacts(
  session: Session,
  server: ServerIdentity,
  options: Options,
): Promise<ReplicationFacts> {
  const [own = []] = (await session.query(ownSql, options)).rows;
  const [name = null, port, recovery, readOnly] = own;
  const { rows } = await session.query(membersSql, options);
  const facts = emptyFacts('postgres', server.clockMs);
  return {
    ...facts,
    identity: {
      ...facts.identity,
      ...{ system: server.systemIdentifier, timeline: server.timeline },
      ...{ name, port: Number(port) },
    },
    writable: {
      ...facts.writable,
      ...{ recovery: recovery === 't', defaultReadOnly: readOnly === 't' },
    },
    ...auroraStreams(name ?? '', rows.map(memberOf), Number(port)),
  };
}

const number = (text: string | null | undefined): number | null =>
  text == null ? null : Number(text);
const memberOf = ([serverId, sessionId, lag, updated]: readonly (
  | string
  | null
)[]): AuroraMember => ({
  ...{ serverId: serverId ?? '', sessionId: sessionId ?? '' },
  ...{ lagMs: number(lag), updatedMs: number(updated) },
});
