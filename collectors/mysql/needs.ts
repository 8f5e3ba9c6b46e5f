/** What a login and a server must have, checked with few queries, each with the statement that gives it. */
import type { CheckedNeed } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { Flavour, MysqlNeed, Need } from '@/lib/metric/define-metric';
import { mysqlHeartbeatScript } from '@/lib/replication/heartbeat-script';
import { type Grants, holds, readGrants } from './grants';
import type { Session } from './session/session';

/** The need in words that are the same in every language: names of privileges, consumers, instruments, variables. */
export function needText(need: MysqlNeed): string {
  if ('privilege' in need) return need.privilege;
  if ('heartbeat' in need) return 'yagura.heartbeat';
  if ('consumer' in need) return `consumer ${need.consumer}`;
  if ('instrument' in need) return `instrument ${need.instrument}`;
  return `${need.variable} = ${need.value}`;
}

/**
 * The privileges that stand for one of MySQL's. MariaDB 10.5 split REPLICATION CLIENT: the binary log and the state of
 * replication are two rights ("GRANT", MariaDB documentation).
 */
export function privilegesFor(wanted: string, flavour: Flavour): string[] {
  if (flavour === 'mariadb' && wanted === 'REPLICATION CLIENT')
    return ['BINLOG MONITOR', 'SLAVE MONITOR'];
  return [wanted];
}

/** @throws Failure when the server cannot be asked at all */
export async function checkNeeds(session: Session, all: readonly Need[]): Promise<CheckedNeed[]> {
  const needs = all as readonly MysqlNeed[]; // Those of this engine's own definitions.
  if (needs.length === 0) return [];
  const grants = await readGrants(session);
  const variables = await readVariables(session, needs);
  const consumers = needs.some((need) => 'consumer' in need)
    ? await optional(session, 'select name, enabled from performance_schema.setup_consumers', [])
    : null;
  const checked: CheckedNeed[] = [];
  for (const need of needs) {
    const text = needText(need);
    if ('privilege' in need) checked.push({ need, text, ...checkPrivilege(need, grants, session) });
    else if ('heartbeat' in need)
      checked.push({ need, text, ...(await checkHeartbeat(session, grants)) });
    else if ('consumer' in need) {
      const enabled = consumers?.find(([name]) => name === need.consumer)?.[1];
      const fixSql = `UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME = ${literal(need.consumer)}; -- and performance-schema-consumer-${need.consumer.replaceAll('_', '-')} = ON in the option file`;
      checked.push({ need, text, ok: consumers === null ? null : enabled === 'YES', fixSql });
    } else if ('instrument' in need) {
      const found = await optional(
        session,
        `select count(*), sum(enabled = 'YES') from performance_schema.setup_instruments where name like ?`,
        [need.instrument],
      );
      const [there, on] = found?.[0] ?? [];
      const fixSql = `UPDATE performance_schema.setup_instruments SET ENABLED = 'YES', TIMED = 'YES' WHERE NAME LIKE ${literal(need.instrument)}; -- and performance-schema-instrument = '${need.instrument}=ON' in the option file`;
      checked.push({
        need,
        text,
        ok: found === null ? null : Number(there) > 0 && there === on,
        fixSql,
      });
    } else {
      const value = variables.get(need.variable.toLowerCase()) ?? null;
      checked.push({
        need,
        text,
        ok: value === null ? null : value.toUpperCase() === need.value.toUpperCase(),
        fixSql: variableFix(need, session.flavour),
      });
    }
  }
  return checked;
}

async function checkHeartbeat(session: Session, grants: Grants) {
  const granted = ['SELECT', 'INSERT', 'UPDATE'].every((right) =>
    holds(grants.rights, `${right} on yagura.heartbeat`),
  );
  const found = granted
    ? await optional(
        session,
        `select 1 from information_schema.tables
  where table_schema = 'yagura' and table_name = 'heartbeat' and table_type = 'BASE TABLE'`,
        [],
      )
    : [];
  return {
    ok: found !== null && found.length > 0,
    fixSql: mysqlHeartbeatScript(grants.account),
  };
}

function checkPrivilege(
  need: { privilege: string },
  grants: Grants,
  session: Session,
): { ok: boolean; fixSql: string } {
  const wanted = privilegesFor(need.privilege, session.flavour);
  const lacking = wanted.filter((privilege) => !holds(grants.rights, privilege));
  const [name = '', on = '*.*'] = need.privilege.split(/ on /i);
  return {
    ok: lacking.length === 0,
    fixSql: `GRANT ${wanted.length > 1 ? (lacking.length > 0 ? lacking : wanted).join(', ') : name} ON ${on} TO ${grants.account};`,
  };
}

/** Variables that no statement sets need the option file and a restart. */
function variableFix({ variable, value }: { variable: string; value: string }, flavour: Flavour) {
  if (variable === 'performance_schema')
    return `-- in the option file, under [mysqld], then a restart:\nperformance_schema = ${value}`;
  const keep = flavour === 'mysql' ? 'PERSIST' : 'GLOBAL';
  const number = /^-?\d+(\.\d+)?$/.test(value);
  return `SET ${keep} ${variable} = ${number ? value : literal(value)};`;
}

async function readVariables(session: Session, needs: readonly MysqlNeed[]) {
  const names = needs.flatMap((need) => ('variable' in need ? [need.variable] : []));
  if (names.length === 0) return new Map<string, string>();
  const rows = await optional(session, 'show global variables where variable_name in (?)', [names]);
  return new Map((rows ?? []).map(([name, value]) => [(name ?? '').toLowerCase(), value ?? '']));
}

/** Null when the login may not ask. */
async function optional(
  session: Session,
  sql: string,
  params: (string | string[])[],
): Promise<readonly (string | null)[][] | null> {
  try {
    const options = { doing: 'check permissions', timeoutMs: 3_000, params };
    return (await session.query(sql, options)).rows;
  } catch (error) {
    if (error instanceof Failure && !error.fatal) return null;
    throw error;
  }
}

/** An SQL string. */
export const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
