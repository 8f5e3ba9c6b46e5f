/** Who waits for whom: asked for only while somebody waits, for the tables of locks cost the server its own locks. */
import type { Flavour } from '@/lib/metric/define-metric';
import type { Session } from '../session/session';
import { metadataLockHolders } from './metadata-lock-holders';

/** By the connection that waits; 0 is a prepared transaction whose connection is gone. */
export type Blockers = ReadonlyMap<number, readonly number[]>;

const most = 1_000;

/**
 * performance_schema.data_lock_waits, and information_schema.innodb_lock_waits in MariaDB, walk the locks of all
 * transactions: "Using data_lock_waits", MySQL manual.
 */
const rowLockSql: Record<Flavour, string> = {
  mysql: `select distinct r.processlist_id, coalesce(b.processlist_id, 0)
  from performance_schema.data_lock_waits w
    join performance_schema.threads r on r.thread_id = w.requesting_thread_id
    left join performance_schema.threads b on b.thread_id = w.blocking_thread_id
  limit ${most}`,
  mariadb: `select distinct r.trx_mysql_thread_id, b.trx_mysql_thread_id
  from information_schema.innodb_lock_waits w
    join information_schema.innodb_trx r on r.trx_id = w.requesting_trx_id
    join information_schema.innodb_trx b on b.trx_id = w.blocking_trx_id
  limit ${most}`,
};

/** Empty where the instrument wait/lock/metadata/sql/mdl is off, as it is in MariaDB by default. */
const metadataLockSql = `select coalesce(t.processlist_id, 0), concat_ws('/', l.object_type, l.object_schema, l.object_name),
    l.lock_type, l.lock_status = 'PENDING'
  from performance_schema.metadata_locks l left join performance_schema.threads t on t.thread_id = l.owner_thread_id
  where exists (select 1 from performance_schema.metadata_locks p where p.lock_status = 'PENDING' and p.object_type = l.object_type
    and p.object_schema <=> l.object_schema and p.object_name <=> l.object_name)
  limit ${most}`;

/** @throws Failure */
export async function readRowLockBlockers(session: Session, timeoutMs: number): Promise<Blockers> {
  const { rows } = await session.query(rowLockSql[session.flavour], {
    doing: 'read who waits for whose row locks',
    timeoutMs,
  });
  const found = new Map<number, number[]>();
  for (const [waiting, blocker] of rows) {
    const pid = Number(waiting);
    found.set(pid, [...(found.get(pid) ?? []), Number(blocker)]);
  }
  return found;
}

/** @throws Failure */
export async function readMetadataLockBlockers(
  session: Session,
  timeoutMs: number,
): Promise<Blockers> {
  const { rows } = await session.query(metadataLockSql, {
    doing: 'read who waits for whose metadata locks',
    timeoutMs,
  });
  return metadataLockHolders(
    rows.map(([connection, object, type, pending]) => ({
      connection: Number(connection),
      object: object ?? '',
      type: type ?? '',
      pending: pending === '1',
    })),
  );
}
