/** What a login must have, checked in one query, with the statement that gives it. */
import type { CheckedNeed } from '@/collectors/run/engine';
import type { Need, PostgresNeed } from '@/lib/metric/define-metric';
import { postgresHeartbeatScript } from '@/lib/replication/heartbeat-script';
import { heartbeatAccessSql } from './heartbeat/beat';
import { accessSql, logFunctionSql, loggingSql } from './log/log-source';
import type { Session } from './session/session';

/** The need in words that are the same in every language: names of roles, extensions, settings. */
export function needText(need: PostgresNeed): string {
  if ('role' in need) return need.role;
  if ('extension' in need) return need.extension;
  if ('heartbeat' in need) return 'yagura.heartbeat';
  if ('log' in need) return 'server log: logging_collector, yagura.read_log()';
  return `${need.setting} = ${need.value}`;
}

/** `name` as an SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export async function checkNeeds(session: Session, all: readonly Need[]): Promise<CheckedNeed[]> {
  const needs = all as readonly PostgresNeed[]; // Those of this engine's own definitions.
  if (needs.length === 0) return [];
  const roles = needs.flatMap((need) => ('role' in need ? [need.role] : []));
  const extensions = needs.flatMap((need) => ('extension' in need ? [need.extension] : []));
  const settings = needs.flatMap((need) => ('setting' in need ? [need.setting] : []));
  const { rows } = await session.query(
    `select 'user', current_user::text, null
  union all select 'role', r, pg_has_role(current_user, r, 'usage')::text from unnest($1::text[]) r
  union all select 'extension', x, exists(select from pg_extension where extname = x)::text from unnest($2::text[]) x
  union all select 'log', current_setting('server_version_num'),
    case when current_setting('logging_collector') = 'off' then 'off' else ${accessSql} end
  union all select 'heartbeat', '', (${heartbeatAccessSql})::text
  union all select 'setting', s, (select setting from pg_settings where name = s) from unnest($3::text[]) s`,
    { doing: 'check permissions', timeoutMs: 3_000, params: [roles, extensions, settings] },
  );
  const found = (kind: string, name: string) =>
    rows.find((row) => row[0] === kind && row[1] === name)?.[2] ?? null;
  const user = rows.find((row) => row[0] === 'user')?.[1] ?? '';
  return needs.map((need) => {
    const text = needText(need);
    if ('role' in need) {
      const has = found('role', need.role);
      return {
        need,
        text,
        ok: has === null ? null : has === 'true',
        fixSql: `GRANT pg_monitor TO ${quoted(user)};`,
      };
    }
    if ('extension' in need)
      return {
        need,
        text,
        ok: found('extension', need.extension) === 'true',
        fixSql: `CREATE EXTENSION ${quoted(need.extension)};`,
      };
    if ('log' in need) {
      const [, version, access] = rows.find((row) => row[0] === 'log') ?? [];
      const settings = access === 'off' ? [loggingSql(Math.floor(Number(version) / 10_000))] : [];
      return {
        need,
        text,
        ok: access === 'function' || access === 'direct',
        fixSql: [...settings, logFunctionSql(user)].join('\n'),
      };
    }
    if ('heartbeat' in need)
      return {
        need,
        text,
        ok: found('heartbeat', '') === 'true',
        fixSql: postgresHeartbeatScript(user),
      };
    const setting = found('setting', need.setting);
    return {
      need,
      text,
      ok: setting === null ? null : setting === need.value,
      fixSql: `ALTER SYSTEM SET ${need.setting} = '${need.value.replaceAll("'", "''")}'; SELECT pg_reload_conf();`,
    };
  });
}
