/** The beat on MySQL and MariaDB: the only statement of ours that writes, into the one table the owner made for it. */
import type { HeartbeatSource } from '@/collectors/run/engine';
import type { Session } from '../session/session';

const doing = 'heartbeat';
/** Servers that once wrote. */
const mostRows = 100;
const epoch = `'1970-01-01'`;

/**
 * Sessions are read-only by transaction; this one transaction is not. It is written to the binary log, or no replica would
 * see it. Read-only is asked each time: a login with too many rights could write on a replica, and a transaction that only
 * a replica has is what keeps it from ever being the primary.
 */
export function heartbeatOn(session: Session): HeartbeatSource {
  const readOnlySql =
    session.flavour === 'mysql'
      ? 'select @@global.read_only or @@global.super_read_only'
      : 'select @@global.read_only';
  return {
    async write(server, at, timeoutMs) {
      const { rows } = await session.query(readOnlySql, { doing, timeoutMs });
      if (rows[0]?.[0] !== '0') return false;
      await session.query('set transaction read write', { doing, timeoutMs });
      const when = `timestampadd(microsecond, ${Math.round(at)} * 1000, ${epoch})`;
      // Of one unique key, so that it is the same on a replica by its text too.
      await session.query(
        `insert into yagura.heartbeat (server, beat, at) values (?, 1, ${when})
  on duplicate key update beat = beat + 1, at = ${when}`,
        { doing, timeoutMs, params: [server] },
      );
      return true;
    },
    async read(timeoutMs) {
      const { rows } = await session.query(
        `select server, beat, timestampdiff(microsecond, ${epoch}, at) div 1000 from yagura.heartbeat
  order by at desc limit ${mostRows}`,
        { doing, timeoutMs },
      );
      return rows.map(([server, beat, at]) => ({
        ...{ server: server ?? '', beat: Number(beat), at: Number(at) },
      }));
    },
  };
}
