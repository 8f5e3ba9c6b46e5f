/** The beat on PostgreSQL: the only statement of ours that writes, into the one table the owner made for it. */
import type { HeartbeatSource } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { Session } from '../session/session';

/**
 * Whether the table is there, may be read and written, and is nothing but a table: what a trigger, a rule, a policy, a check,
 * a default or an expression calls would run with our rights.
 */
export const heartbeatAccessSql = `exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'yagura' and c.relname = 'heartbeat' and c.relkind = 'r' and not c.relhastriggers
      and not c.relhasrules and not c.relrowsecurity and c.relchecks = 0 and not c.relhassubclass and not c.relispartition
      and (select string_agg(a.attname || ' ' || a.atttypid::regtype, ',' order by a.attnum)
           from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
        = 'server text,beat bigint,at timestamp with time zone'
      and not exists (select from pg_attrdef d where d.adrelid = c.oid)
      and (select count(*) = 1 and bool_and(i.indisprimary and i.indexprs is null and i.indpred is null)
           from pg_index i where i.indrelid = c.oid)
      and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
      and has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update'))`;

const doing = 'heartbeat';
/** Servers that once wrote. */
const mostRows = 100;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

export function heartbeatOn(session: Session): HeartbeatSource {
  return {
    async write(server, at, timeoutMs) {
      if (!/^\d{1,20}$/.test(server)) throw new Failure('wrong_shape', `${doing}: not a server`);
      // One round trip. It waits for no standby and no lock. For the disk it does: without that, walsenders get it up to
      // three rounds of the WAL writer later (0.6 s), and that would be measured as lag.
      const statements = [
        'begin /* yagura */ read write',
        'set /* yagura */ local synchronous_commit = local',
        `set /* yagura */ local lock_timeout = '50ms'`,
        `insert /* yagura */ into yagura.heartbeat as h (server, beat, at)
  values (${literal(server)}, 1, to_timestamp(${Math.round(at)} / 1000.0))
  on conflict (server) do update set beat = h.beat + 1, at = excluded.at`,
        'commit /* yagura */',
      ];
      try {
        await session.query(statements.join(';\n'), { doing, timeoutMs });
        return true;
      } catch (error) {
        // Within a failed transaction nothing else would be answered, a change of the timeout included.
        if (session.alive)
          await session.query('rollback', { doing, timeoutMs }).catch(() => session.close());
        throw error;
      }
    },
    async read(timeoutMs) {
      const { rows } = await session.query(
        `select server, beat, round(extract(epoch from at) * 1000) from yagura.heartbeat
  where server ~ '^\\d{1,20}$' order by at desc limit ${mostRows}`,
        { doing, timeoutMs },
      );
      return rows.map(([server, beat, at]) => ({
        ...{ server: server ?? '', beat: Number(beat), at: Number(at) },
      }));
    },
  };
}
