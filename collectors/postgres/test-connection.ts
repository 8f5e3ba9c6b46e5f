/** How the login of a PostgreSQL is tried before it is watched. */
import { metrics } from '@/collectors/catalog';
import type { ConnectionProbe } from '@/collectors/run/test-connection';
import { excessRights } from './excess-rights';
import { identify } from './identify';
import { checkNeeds, quoted } from './needs';
import { openSession } from './session/session';
import { testExplainLogin } from './test-explain-login';

export const postgresProbe: ConnectionProbe = {
  metrics: metrics.filter(({ engine }) => engine === 'postgres'),
  async connect(target, applicationName) {
    const session = await openSession(target, applicationName);
    return {
      identify: () => identify(session),
      checkNeeds: (needs) => checkNeeds(session, needs),
      excessRights: () => excessRights(session),
      close: () => session.close(),
    };
  },
  testExplainLogin: (login, _watching, applicationName) => testExplainLogin(login, applicationName),
  roleScript: ({ user, database }) => roleScript(user, database),
  missingRelease(metric, server) {
    const first = metric.queries[0]?.from ?? 0;
    const tooOld =
      (metric.origin === 'query' || metric.origin === 'sampled') &&
      metric.versionOf === undefined &&
      first > server.majorVersion;
    return tooOld ? `PostgreSQL ${first}` : null;
  },
};

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
