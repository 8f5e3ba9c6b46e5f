/** The rights of the login as the server lists them, its active roles included. */
import type { Session } from './session/session';

/** One right: `SELECT` on `*.*`, on `shop.*`, on `mysql.slow_log`. */
export type Right = {
  privilege: string;
  /** Unquoted: `*.*`, `schema.*`, `schema.table`; of a routine `FUNCTION schema.name`. */
  on: string;
  /** As the server writes it, for statements. */
  onSql: string;
  /** Only these columns; empty means all. */
  columns: string;
};

export type Grants = {
  rights: Right[];
  /** Roles that were granted, as the server writes them. */
  roles: string[];
  /** The account as GRANT writes it: `'yagura'@'10.0.0.5'`. */
  account: string;
};

/** @throws Failure */
export async function readGrants(session: Session): Promise<Grants> {
  const options = { doing: 'read own rights', timeoutMs: 3_000 };
  const who = await session.query('select current_user()', options);
  const { rows } = await session.query('show grants', options);
  return {
    ...parseGrants(rows.map(([line]) => line ?? '')),
    account: quotedAccount(who.rows[0]?.[0] ?? ''),
  };
}

/** `user@host` of current_user(), quoted; a user's name may hold an @, a host's may not. */
export function quotedAccount(account: string): string {
  const at = account.lastIndexOf('@');
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`;
}

const line = /^GRANT (.+?) ON ((?:FUNCTION |PROCEDURE |PACKAGE |PACKAGE BODY |TABLE )?)(\S.*?) TO /;

/** @param lines of SHOW GRANTS; what they hold besides rights (MariaDB: the password's hash) goes no further */
export function parseGrants(lines: readonly string[]): Omit<Grants, 'account'> {
  const rights: Right[] = [];
  const roles: string[] = [];
  for (const text of lines) {
    const [, given, kind = '', on = ''] = line.exec(text) ?? [];
    if (given === undefined) {
      const role = /^GRANT (.+) TO /.exec(text)?.[1];
      if (role !== undefined) roles.push(...role.split(/,(?=`|')/));
      continue;
    }
    const place = { on: `${kind}${unquoted(on)}`, onSql: `${kind}${on}` };
    for (const part of given.split(/,\s*(?![^(]*\))/)) {
      const [, privilege = '', columns = ''] = /^([^(]+?)\s*(?:\((.*)\))?$/.exec(part) ?? [];
      if (privilege !== 'USAGE') rights.push({ privilege, columns, ...place });
    }
    if (/ WITH .*GRANT OPTION/.test(text))
      rights.push({ privilege: 'GRANT OPTION', columns: '', ...place });
  }
  return { rights, roles };
}

/** `` `performance\_schema`.* `` is performance_schema.*. */
const unquoted = (on: string) => on.replaceAll('`', '').replaceAll('\\', '');

/** Names in a list of columns, as the server or as we write it. */
const columnsOf = (list: string) =>
  list.split(',').map((name) => name.replaceAll('`', '').trim().toLowerCase());

/**
 * Whether a right such as `PROCESS`, `SELECT on performance_schema.*` or `SELECT (a, b) on s.t` is among those given. One
 * to some columns is enough where no others are wanted.
 */
export function holds(rights: readonly Right[], wanted: string): boolean {
  const [what = '', on = '*.*'] = wanted.split(/ on /i);
  const [, privilege = what, columns = ''] = /^([^(]+?)\s*\((.*)\)$/.exec(what) ?? [];
  const schema = on.split('.', 1)[0];
  return rights.some(
    (right) =>
      (right.columns === '' ||
        (columns !== '' &&
          columnsOf(columns).every((one) => columnsOf(right.columns).includes(one)))) &&
      (right.privilege === privilege || right.privilege === 'ALL PRIVILEGES') &&
      ['*.*', `${schema}.*`, on].includes(right.on),
  );
}
