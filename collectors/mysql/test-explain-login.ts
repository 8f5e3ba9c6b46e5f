/** What a person learns about the separate EXPLAIN login of a MySQL or MariaDB before it is used. */
import type { Target } from '@/collectors/run/engine';
import { asFailure } from '@/collectors/run/make-reading';
import { type ExplainLoginTest, untestedLogin } from '@/collectors/run/test-connection';
import type { Flavour } from '@/lib/metric/define-metric';
import { connectTo } from './engine';
import { nameExcess } from './excess-rights';
import { readGrants } from './grants';
import type { Session } from './session/session';

/** Planning reads tables of applications; those of the system show passwords and what others run. */
const system = ['mysql', 'sys', 'performance_schema', 'information_schema'];
const isWanted = ({ privilege, on }: { privilege: string; on: string }) =>
  privilege === 'SELECT' && !on.startsWith('*.') && !system.includes(on.split('.')[0] ?? '');

/**
 * Never throws: a failure is an answer.
 * @param watching the login that sees which tables there are: the one for plans sees those it may read
 */
export async function testMysqlExplainLogin(
  flavour: Flavour,
  login: Target,
  watching: Target,
  applicationName: string,
): Promise<ExplainLoginTest> {
  const result = untestedLogin(login.user);
  const sessions: Session[] = [];
  const open = async (target: Target) => {
    const session = await connectTo(flavour, target, applicationName);
    sessions.push(session);
    return session;
  };
  try {
    const own = await open({ ...login, database: '' });
    const grants = await readGrants(own);
    const rights = grants.rights.filter((right) => !isWanted(right));
    result.excess = nameExcess({ ...grants, rights }, grants);
    const readable = await tablesOf(own);
    result.readable = sum(readable);
    result.ok = true;
    const all = await tablesOf(await open({ ...watching, database: '' }));
    result.tables = Math.max(sum(all), result.readable);
    const missing = [...all].filter(([schema, tables]) => (readable.get(schema) ?? 0) < tables);
    if (missing.length > 0)
      result.fix_sql = missing
        .map(([schema]) => `GRANT SELECT ON ${quoted(schema)}.* TO ${grants.account};`)
        .join('\n');
  } catch (error) {
    result.error = asFailure(error).toJSON();
  } finally {
    for (const session of sessions) await session.close();
  }
  return result;
}

/** Tables and views by schema, as far as a login sees them: those it has a right to. */
async function tablesOf(session: Session): Promise<Map<string, number>> {
  const { rows } = await session.query(
    `select table_schema, count(*) from information_schema.tables
     where table_schema not in (${system.map((name) => `'${name}'`).join(', ')}) group by 1 order by 1 limit 1000`,
    { doing: 'count the readable tables', timeoutMs: 3_000 },
  );
  return new Map(rows.map(([schema, count]) => [schema ?? '', Number(count)]));
}

const sum = (tables: ReadonlyMap<string, number>) =>
  [...tables.values()].reduce((a, b) => a + b, 0);
const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;
