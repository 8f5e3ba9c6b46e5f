/** Where pg_stat_statements lives and which columns it has: probed, because extensions are upgraded apart from their server. */
import { Failure } from '@/collectors/run/failure';
import { quoted } from '../needs';
import type { Session } from '../session/session';

export type StatementsSource = {
  /** Schema, quoted. */
  schema: string;
  columns: ReadonlySet<string>;
  /** `pg_stat_statements_info` is there (1.9 and later). */
  hasInfo: boolean;
  max: number | null;
  tracksPlanning: boolean;
  tracksIo: boolean;
  /** Our own login, to know what watching costs. */
  ownUserid: string | null;
};

/** @throws Failure with the statement or setting that is missing */
export async function probe(session: Session): Promise<StatementsSource> {
  const options = { doing: 'look for pg_stat_statements', timeoutMs: 3_000 };
  const { rows } = await session.query(
    `select n.nspname, exists(select from pg_class c where c.relnamespace = n.oid and c.relname = 'pg_stat_statements_info'),
    current_setting('pg_stat_statements.max', true), current_setting('pg_stat_statements.track_planning', true),
    current_setting('track_io_timing'), (select oid from pg_roles where rolname = current_user),
    has_schema_privilege(n.oid, 'usage'), current_user
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`,
    options,
  );
  const row = rows[0];
  if (row === undefined) throw await absent(session);
  const schema = quoted(row[0] ?? '');
  if (row[6] === 'f')
    throw new Failure(
      'permission_denied',
      `pg_stat_statements is in schema ${schema}, which this login may not use`,
      `GRANT USAGE ON SCHEMA ${schema} TO ${quoted(row[7] ?? '')};`,
    );
  const { columns } = await session.query(
    `select * from ${schema}.pg_stat_statements limit 0`,
    options,
  );
  if (!columns.includes('total_exec_time'))
    throw new Failure(
      'version_unsupported',
      'pg_stat_statements is older than 1.8',
      'ALTER EXTENSION pg_stat_statements UPDATE;',
    );
  return {
    schema,
    columns: new Set(columns),
    hasInfo: row[1] === 't',
    max: row[2] === null || row[2] === undefined ? null : Number(row[2]),
    tracksPlanning: row[3] === 'on',
    tracksIo: row[4] === 'on',
    ownUserid: row[5] ?? null,
  };
}

async function absent(session: Session): Promise<Failure> {
  const create = 'CREATE EXTENSION pg_stat_statements;';
  const { rows } = await session.query(
    `select setting from pg_settings where name = 'shared_preload_libraries'`,
    { doing: 'read shared_preload_libraries', timeoutMs: 3_000 },
  );
  const preloaded = rows[0]?.[0] ?? null;
  if (preloaded !== null && !preloaded.includes('pg_stat_statements'))
    return new Failure(
      'extension_not_loaded',
      'pg_stat_statements is neither loaded nor created in this database',
      `${preloadFix(preloaded)}\n${create}`,
    );
  return new Failure(
    'extension_missing',
    'pg_stat_statements is not created in this database',
    create,
  );
}

/** Keeps what is already preloaded. */
export function preloadFix(preloaded: string): string {
  const libraries = [...preloaded.split(',').map((name) => name.trim()), 'pg_stat_statements'];
  const list = libraries
    .filter((name) => name !== '')
    .map((name) => `'${name.replaceAll("'", "''")}'`);
  return `ALTER SYSTEM SET shared_preload_libraries = ${list.join(', ')}; -- then restart the server`;
}
