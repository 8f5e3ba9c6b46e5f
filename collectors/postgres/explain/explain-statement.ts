import { quoted } from '@/collectors/postgres/needs';
import { openSession, type Session } from '@/collectors/postgres/session/session';
import type { Target } from '@/collectors/run/engine';
import type { AskedStatement, Explained, Unchanged } from '@/collectors/run/explain/explainer';
import type { Refusal } from '@/collectors/run/explain/refusal';
import { Failure } from '@/collectors/run/failure';
import type { PlanNode } from '@/lib/contract';
import { readPostgresPlan } from '@/lib/plan/read-postgres-plan';
import { gateCatalog } from './catalog-gate';
import { type GatedText, gateText } from './text-gate';

const timeoutMs = 2000;

/**
 * The generic plan of a normalised statement, on a connection of its own that is used once: read-only, 2 s at most,
 * waiting for no lock longer than 100 ms, never ANALYZE. What may not or cannot be planned is an answer, not an exception.
 * @param login the separate EXPLAIN login, or the monitoring one
 * @param plannedFrom the schema version of a plan that is at hand: nothing is planned while it is still the same
 */
export async function explainStatement(
  login: Target,
  statement: Pick<AskedStatement, 'text' | 'truncated'>,
  applicationName: string,
  plannedFrom: string | null = null,
): Promise<Explained | Unchanged | Refusal> {
  const gated = await gateText(statement.text, statement.truncated);
  if ('status' in gated) return gated;
  let session: Session | null = null;
  try {
    session = await openSession(login, applicationName);
    return await explainIn(session, gated, plannedFrom);
  } catch (error) {
    if (error instanceof Failure) return refusalOf(error, login.user, gated);
    throw error;
  } finally {
    // Closing frees what a function may have taken, such as an advisory lock, which outlives ROLLBACK.
    await session?.close();
  }
}

async function explainIn(
  session: Session,
  gated: GatedText,
  plannedFrom: string | null,
): Promise<Explained | Unchanged | Refusal> {
  await beginReadOnly(session);
  const refusal = await gateCatalog(session, gated);
  if (refusal) return refusal;
  const schemaVersion = await readSchemaVersion(session, gated.tables);
  if (schemaVersion === plannedFrom) return { status: 'unchanged' };
  const root = await genericPlan(session, gated);
  const tableRows = await readTableRows(session, gated.tables);
  await session.query('rollback', { doing: 'roll back', timeoutMs });
  return { status: 'ok', root, tableRows, schemaVersion, generic: true };
}

/** A transaction in which nothing is written, no lock waited for long, and no name means something else than it seems. */
export async function beginReadOnly(session: Session): Promise<void> {
  const run = (sql: string, doing: string) => session.query(sql, { doing, timeoutMs });
  await run('begin transaction read only', 'begin');
  await run('set local lock_timeout = 100', 'set a limit');
  // PostgreSQL's own names win over those that somebody could have put in the way.
  await run(
    `select pg_catalog.set_config('search_path', 'pg_catalog, ' || pg_catalog.current_setting('search_path'), true)`,
    'fix the search path',
  );
}

/** The plan of a statement that passed both gates, made anew each time. */
export async function genericPlan(session: Session, gated: GatedText): Promise<PlanNode> {
  const run = (sql: string, doing: string, extended = false) =>
    session.query(sql, { doing, timeoutMs, extended });
  // The server's own parser decides whether this is one statement; nothing is planned yet.
  await run(`prepare yagura_explain as ${gated.text}`, 'check the statement', true);
  const version = await run(
    `select current_setting('server_version_num')::int, (select pg_catalog.cardinality(parameter_types)
     from pg_catalog.pg_prepared_statements where name = 'yagura_explain')`,
    'count the parameters',
  );
  const [number, parameters] = (version.rows[0] ?? []).map(Number);
  const plan =
    (number ?? 0) >= 160000
      ? await run(`explain (format json, generic_plan) ${gated.text}`, 'explain')
      : await explainPrepared(run, parameters ?? 0);
  // A prepared statement keeps its plan: the next one would be the same, whatever has changed.
  await run('deallocate yagura_explain', 'forget the statement');
  return readPostgresPlan(JSON.parse(plan.rows[0]?.[0] ?? 'null'));
}

/** Before 16 there is no GENERIC_PLAN: a prepared statement is made to use its generic plan. */
async function explainPrepared(
  run: (sql: string, doing: string) => ReturnType<Session['query']>,
  parameters: number,
) {
  await run('set local plan_cache_mode = force_generic_plan', 'ask for the generic plan');
  const values = new Array(parameters).fill('null').join(', ');
  return run(
    `explain (format json) execute yagura_explain${parameters > 0 ? `(${values})` : ''}`,
    'explain',
  );
}

/**
 * A hash of what the planner looks at: the tables of the text with their columns, indexes and statistics (by the time
 * they were gathered), its settings, and the server's version. Tables behind a view are not looked at.
 */
async function readSchemaVersion(session: Session, tables: string[]): Promise<string> {
  const { rows } = await session.query(
    `select pg_catalog.md5(pg_catalog.string_agg(fact, ' ' order by fact)) from (
       select pg_catalog.concat_ws(' ', 'server', pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user) as fact
       union all
       select s.name || '=' || s.setting from pg_catalog.pg_settings s
       where s.category like 'Query Tuning%' or s.name in ('work_mem', 'hash_mem_multiplier', 'search_path', 'jit')
       union all
       select pg_catalog.concat_ws(' ', c.oid, c.relfilenode, c.relnatts, c.relrowsecurity, c.reltuples, c.relpages,
         pg_catalog.pg_stat_get_last_analyze_time(c.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid),
         (select pg_catalog.string_agg(i.indexrelid::text || i.indisvalid, ',' order by i.indexrelid)
          from pg_catalog.pg_index i where i.indrelid = c.oid))
       from pg_catalog.unnest($1::text[]) t join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(t)) facts`,
    { doing: 'read the schema version', timeoutMs, params: [tables.map(quotedTable)] },
  );
  return String(rows[0]?.[0]);
}

/** The planner's own idea of how many rows the tables have; tables never analysed are left out. */
async function readTableRows(session: Session, tables: string[]): Promise<Record<string, number>> {
  const { rows } = await session.query(
    `select n.nspname, c.relname, c.reltuples::bigint from pg_catalog.unnest($1::text[]) t
     join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(t)
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.reltuples >= 0`,
    { doing: 'read table sizes', timeoutMs, params: [tables.map(quotedTable)] },
  );
  // EXPLAIN without VERBOSE names tables without their schema.
  return Object.fromEntries(
    rows.flatMap(([schema, name, count]) => [
      [`${schema}.${name}`, Number(count)],
      [String(name), Number(count)],
    ]),
  );
}

const quotedTable = (table: string) => table.split('.').map(quoted).join('.');

export function refusalOf(
  failure: Failure,
  user: string,
  { tables, writes }: Pick<GatedText, 'tables' | 'writes'>,
): Refusal {
  const answer = (status: Refusal['status'], reason: string, fix: string | null): Refusal => ({
    status,
    code: failure.code,
    reason,
    fix,
  });
  const role = quoted(user);
  switch (failure.code) {
    case 'permission_denied': {
      if (writes)
        return answer(
          'unavailable',
          `Planning a statement that changes rows needs the right to change them, which ${user} rightly does not have.`,
          null,
        );
      const schemas = [
        ...new Set(tables.filter((one) => one.includes('.')).map((one) => one.split('.')[0] ?? '')),
      ];
      const usage = schemas.map((schema) => `GRANT USAGE ON SCHEMA ${quoted(schema)} TO ${role};`);
      const select = tables.map((table) => `GRANT SELECT ON ${quotedTable(table)} TO ${role};`);
      return answer(
        'unavailable',
        `The login ${user} may not read the tables of this statement.`,
        [...usage, ...select].join('\n'),
      );
    }
    case 'object_missing':
      return answer(
        'unavailable',
        `${failure.message}. It may be found through another search path than that of ${user}.`,
        `ALTER ROLE ${role} SET search_path = ...; -- the schemas the application uses`,
      );
    case 'lock_timeout':
      return answer(
        'unavailable',
        'A table of this statement is locked at this moment; nothing was waited for. Try again later.',
        null,
      );
    case 'timeout':
      return answer('unavailable', 'Planning took longer than 2 s and was ended.', null);
    default:
      return answer(failure.fatal ? 'unavailable' : 'error', failure.message, failure.fix);
  }
}
