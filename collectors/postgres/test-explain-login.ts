/** What a person learns about the separate EXPLAIN login before it is used. */
import type { Target } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import { type ExplainLoginTest, untestedLogin } from '@/collectors/run/test-connection';
import { excessRights } from './excess-rights';
import { quoted } from './needs';
import { openSession, type Session } from './session/session';

/** Watching needs these; planning does not, and they show what other roles run. */
const watchingRoles = [
  'pg_monitor',
  'pg_read_all_settings',
  'pg_read_all_stats',
  'pg_stat_scan_tables',
];

/** Never throws: a failure is an answer. */
export async function testExplainLogin(
  login: Target,
  applicationName: string,
): Promise<ExplainLoginTest> {
  const result = untestedLogin(login.user);
  let session: Session | null = null;
  try {
    session = await openSession(login, applicationName);
    const excess = await excessRights(session, watchingRoles);
    // pg_monitor brings the other three: one REVOKE takes them all.
    result.excess = excess.some(({ right }) => right === 'pg_monitor')
      ? excess.filter(({ right }) => right === 'pg_monitor' || !watchingRoles.includes(right))
      : excess;
    Object.assign(result, await readableTables(session, quoted(login.user)));
    result.ok = true;
  } catch (error) {
    result.error =
      error instanceof Failure
        ? error.toJSON()
        : { code: 'not_understood', message: (error as Error).message, fix: null };
  } finally {
    await session?.close();
  }
  return result;
}

async function readableTables(session: Session, role: string) {
  const { rows } = await session.query(
    `select n.nspname, count(*), count(*) filter (where has_schema_privilege(n.oid, 'usage')
       and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select')))
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     group by n.nspname order by n.nspname limit 1000`,
    { doing: 'count the readable tables', timeoutMs: 3_000 },
  );
  const schemas = rows.map(([schema, tables, readable]) => ({
    schema: quoted(schema ?? ''),
    tables: Number(tables),
    readable: Number(readable),
  }));
  const grants = schemas
    .filter(({ tables, readable }) => readable < tables)
    .flatMap(({ schema }) => [
      `GRANT USAGE ON SCHEMA ${schema} TO ${role};`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role};`,
    ]);
  return {
    tables: schemas.reduce((sum, { tables }) => sum + tables, 0),
    readable: schemas.reduce((sum, { readable }) => sum + readable, 0),
    fix_sql: grants.length === 0 ? null : grants.join('\n'),
  };
}
