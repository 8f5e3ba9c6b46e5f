/** What a person learns before a database is watched: whether it answers, what the login may see, and what it may too much. */
import type { Target } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { Metric, Need } from '@/lib/metric/define-metric';
import { type ExcessRight, excessRights } from './excess-rights';
import { identify } from './identify';
import { checkNeeds, quoted } from './needs';
import { openSession, type Session } from './session/session';

export type ConnectionTest = {
  ok: boolean;
  version: string | null;
  role: 'primary' | 'replica' | 'unknown';
  system_identifier: string | null;
  permissions: { need: string; ok: boolean | null; fix_sql: string | null }[];
  /** Rights that watching does not use, each with the statement that takes it away. */
  excess: ExcessRight[];
  /** Metrics that would stay unavailable, and why. */
  blind: { metric: string; missing: string[] }[];
  /** Makes a login that has all that is needed and nothing more; the password is left to fill in. */
  role_sql: string;
  error: { code: string; message: string; fix: string | null } | null;
};

/** Never throws: a failure is an answer. */
export async function testConnection(
  target: Target,
  metrics: readonly Metric[],
  applicationName: string,
): Promise<ConnectionTest> {
  const result: ConnectionTest = {
    ok: false,
    version: null,
    role: 'unknown',
    system_identifier: null,
    permissions: [],
    excess: [],
    blind: [],
    role_sql: roleScript(target.user, target.database),
    error: null,
  };
  let session: Session | null = null;
  try {
    session = await openSession(target, applicationName);
    const server = await identify(session);
    result.version = server.version;
    result.role = server.role;
    result.system_identifier = server.systemIdentifier;
    const needs = [
      ...new Map<string, Need>(
        metrics.flatMap((metric) => metric.needs.map((need) => [JSON.stringify(need), need])),
      ).values(),
    ];
    const checked = await checkNeeds(session, needs);
    result.permissions = checked.map(({ text, ok, fixSql }) => ({
      need: text,
      ok,
      fix_sql: ok === true ? null : fixSql,
    }));
    result.blind = metrics.flatMap((metric) => {
      const missing = checked
        .filter(
          ({ need, ok }) =>
            ok === false &&
            metric.needs.some((own) => JSON.stringify(own) === JSON.stringify(need)),
        )
        .map(({ text }) => text);
      const tooOld =
        (metric.origin === 'query' || metric.origin === 'sampled') &&
        metric.versionOf === undefined &&
        (metric.queries[0]?.from ?? 0) > server.majorVersion;
      if (tooOld) missing.push(`PostgreSQL ${metric.queries[0]?.from}`);
      return missing.length === 0 ? [] : [{ metric: metric.id, missing }];
    });
    result.excess = await excessRights(session);
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

/** A login with pg_monitor and nothing else, held short by its own settings. */
export function roleScript(user: string, database: string): string {
  const role = quoted(user === '' ? 'yagura' : user);
  return [
    `CREATE ROLE ${role} LOGIN INHERIT PASSWORD '...' CONNECTION LIMIT 3 NOCREATEDB NOCREATEROLE;`,
    `GRANT pg_monitor TO ${role};`,
    `GRANT CONNECT ON DATABASE ${quoted(database === '' ? 'postgres' : database)} TO ${role};`,
    `ALTER ROLE ${role} SET statement_timeout = '10s';`,
    `ALTER ROLE ${role} SET lock_timeout = '100ms';`,
    `ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '10s';`,
    `ALTER ROLE ${role} SET default_transaction_read_only = on;`,
    `CREATE EXTENSION IF NOT EXISTS pg_stat_statements; -- in database ${quoted(database === '' ? 'postgres' : database)}`,
  ].join('\n');
}
