/** Rights a login has and does not use: what a leak of it, or a routine that runs under it, could do harm with. */
import type { ExcessRight } from '@/collectors/run/test-connection';
import { type Grants, type Right, readGrants } from './grants';
import type { Session } from './session/session';

/** What watching uses: nothing of the data of applications, nothing that changes anything. */
const used = new Set([
  'PROCESS ON *.*',
  'REPLICATION CLIENT ON *.*',
  'BINLOG MONITOR ON *.*',
  'SLAVE MONITOR ON *.*',
  'REPLICA MONITOR ON *.*',
  'SELECT ON performance_schema.*',
  'SELECT ON sys.*',
  'SELECT ON mysql.slow_log',
  'SELECT ON mysql.innodb_index_stats',
  // The one table that may be written.
  'SELECT ON yagura.heartbeat',
  'INSERT ON yagura.heartbeat',
  'UPDATE ON yagura.heartbeat',
]);

/** Of accounts, what tells how old their passwords are; never the hashes. */
const usedOfAccounts =
  /^`?(user|host|account_locked|password_expired|password_last_changed|password_lifetime)`?$/i;

const isUsed = ({ privilege, on, columns }: Right) =>
  (privilege === 'SELECT' &&
    on === 'mysql.user' &&
    columns !== '' &&
    columns.split(',').every((name) => usedOfAccounts.test(name.trim()))) ||
  used.has(`${privilege} ON ${on}`) ||
  (privilege === 'SELECT' && /^performance_schema\./.test(on)) ||
  // Alone it shows definitions; a foreign key takes a right to create or alter tables too.
  privilege === 'REFERENCES';

/** MySQL lists the parts of ALL PRIVILEGES one by one; naming 70 would hide what it means. */
const manyAreAll = 20;

/** @throws Failure */
export async function excessRights(session: Session): Promise<ExcessRight[]> {
  const withRoles = await readGrants(session);
  let own = withRoles;
  if (withRoles.roles.length > 0) {
    const options = { doing: 'look for excess rights', timeoutMs: 3_000 };
    // On this connection only: which rights are its own, and which come with a role.
    await session.query('set role none', options);
    own = await readGrants(session);
  }
  return nameExcess(withRoles, own);
}

/** @param own the rights without those of roles */
export function nameExcess(all: Grants, own: Grants): ExcessRight[] {
  const key = ({ privilege, on, columns }: Right) => `${privilege}(${columns}) ${on}`;
  const direct = new Set(own.rights.map(key));
  const excess = all.rights.filter((right) => !isUsed(right));
  const global = excess.filter(
    (right) => right.on === '*.*' && direct.has(key(right)) && right.privilege !== 'GRANT OPTION',
  );
  const isAll =
    global.length > manyAreAll || global.some(({ privilege }) => privilege === 'ALL PRIVILEGES');
  const named: ExcessRight[] = isAll
    ? [
        {
          right: 'ALL PRIVILEGES ON *.*',
          fix_sql: `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${all.account};`,
        },
      ]
    : [];
  for (const right of excess) {
    const isOwn = direct.has(key(right));
    if (isAll && isOwn && right.on === '*.*') continue;
    const what = `${right.privilege}${right.columns === '' ? '' : ` (${right.columns})`}`;
    named.push({
      right: `${right.privilege} ON ${right.on}`,
      fix_sql: isOwn
        ? `REVOKE ${what} ON ${right.onSql} FROM ${all.account};`
        : all.roles.map((role) => `REVOKE ${role} FROM ${all.account};`).join(' '),
    });
  }
  return named;
}
