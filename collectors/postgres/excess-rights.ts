/** Rights a login has and does not use: what a leak of it, or a function that runs under it, could do harm with. */
import type { ExcessRight } from '@/collectors/run/test-connection';
import { quoted } from './needs';
import type { Session } from './session/session';

const excessRoles = [
  'pg_read_all_data',
  'pg_write_all_data',
  'pg_signal_backend',
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_checkpoint',
  'pg_maintain',
];

const fileFunctions = ['pg_read_file', 'pg_read_binary_file'].flatMap((name) =>
  ['text', 'text, boolean', 'text, bigint, bigint', 'text, bigint, bigint, boolean'].map(
    (parameters) => `${name}(${parameters})`,
  ),
);

/** @param more roles that are too much for this login beside those that are for any */
export async function excessRights(
  session: Session,
  more: readonly string[] = [],
): Promise<ExcessRight[]> {
  const { rows } = await session.query(
    `select r.rolname, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls
  from pg_roles r where r.rolname = current_user`,
    { doing: 'look for excess rights', timeoutMs: 3_000 },
  );
  const [name, superuser, createRole, createDb, replication, bypass] = rows[0] ?? [];
  const role = quoted(name ?? '');
  const attributes = [
    [superuser, 'SUPERUSER'],
    [createRole, 'CREATEROLE'],
    [createDb, 'CREATEDB'],
    [replication, 'REPLICATION'],
    [bypass, 'BYPASSRLS'],
  ] as const;
  const excess: ExcessRight[] = attributes
    .filter(([has]) => has === 't')
    .map(([, right]) => ({ right, fix_sql: `ALTER ROLE ${role} NO${right};` }));
  // A superuser is a member of everything: naming each would hide the one that matters.
  if (superuser === 't') return excess;
  // A right may come through a role of the owner's own: what has to be revoked is the membership in that.
  const memberships = await session.query(
    `select g.rolname, via.rolname from pg_auth_members m join pg_roles via on via.oid = m.roleid
     join pg_roles g on g.rolname = any($1::text[]) and pg_has_role(m.roleid, g.oid, 'member')
     where m.member = (select oid from pg_roles where rolname = current_user)
     group by 1, 2 order by 1, 2`,
    { doing: 'look for excess roles', timeoutMs: 3_000, params: [[...excessRoles, ...more]] },
  );
  const revokes = new Map<string, string[]>();
  for (const [right, via] of memberships.rows)
    revokes.set(right ?? '', [
      ...(revokes.get(right ?? '') ?? []),
      `REVOKE ${quoted(via ?? '')} FROM ${role};`,
    ]);
  // Reading any file of the data directory: raw tables, and the hashes of passwords.
  const { rows: files } = await session.query(
    `select f from unnest($1::text[]) f where to_regprocedure(f) is not null and has_function_privilege(to_regprocedure(f), 'execute')`,
    { doing: 'look for excess rights', timeoutMs: 3_000, params: [fileFunctions] },
  );
  for (const [name] of files)
    excess.push({
      right: `EXECUTE ON FUNCTION ${name}`,
      fix_sql: `REVOKE EXECUTE ON FUNCTION ${name} FROM ${role};`,
    });
  for (const [right, statements] of revokes) excess.push({ right, fix_sql: statements.join(' ') });
  return excess;
}
