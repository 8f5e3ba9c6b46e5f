/** Who answers: read at every poll, because an address outlives the server behind it. */
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { Flavour } from '@/lib/metric/define-metric';
import type { Session } from './session/session';

const options = { doing: 'identify the server', timeoutMs: 3_000 };

/** Oldest releases that are watched. */
const oldest: Record<Flavour, number> = { mysql: 800, mariadb: 1006 };
export const productName: Record<Flavour, string> = { mysql: 'MySQL', mariadb: 'MariaDB' };

/** 804 is written 8.4. */
export const versionText = (version: number) => `${Math.floor(version / 100)}.${version % 100}`;

// Uptime counts from the start to the statement's own time: the difference does not waver from poll to poll.
const statusSql = {
  mysql: `select unix_timestamp() - (select variable_value from performance_schema.global_status where variable_name = 'Uptime'),
    unix_timestamp(sysdate(3)) * 1000,
    (select count(distinct processlist_id) from performance_schema.session_account_connect_attrs
      where attr_name = 'program_name' and attr_value like 'yagura/%')`,
  mariadb: `select unix_timestamp() - (select variable_value from information_schema.global_status where variable_name = 'UPTIME'),
    unix_timestamp(sysdate(3)) * 1000,
    (select count(*) from information_schema.processlist where user = substring_index(current_user(), '@', 1))`,
};

const variables = [
  ...['server_uuid', 'server_uid', 'server_id', 'hostname', 'port', 'read_only', 'version_comment'],
  ...['performance_schema', 'group_replication_group_name'],
  // Aurora's readers share the writer's storage and have no source.
  ...['aurora_server_id', 'innodb_read_only'],
];

/** @throws Failure, also for a server that is too old or speaks only the protocol */
export async function identify(session: Session): Promise<ServerIdentity> {
  const { flavour, version } = session;
  if (!(version >= oldest[flavour]))
    throw new Failure(
      'version_unsupported',
      `${productName[flavour]} ${session.versionText} is not watched; ${versionText(oldest[flavour])} is the oldest`,
      null,
      true,
    );
  const status = (await session.query(statusSql[flavour], options)).rows[0] ?? [];
  const found = await session.query(
    `show global variables where variable_name in (${variables.map(() => '?').join(', ')})`,
    { ...options, params: variables },
  );
  const variable = new Map(found.rows.map(([name, value]) => [name, value ?? null]));
  const own = Number(status[2] ?? 0);
  return {
    flavour,
    version: withComment(
      session.versionText.replace(/-log$/, ''),
      variable.get('version_comment') ?? null,
    ),
    versionNumber: numberOf(session.versionText),
    majorVersion: version,
    role: await roleOf(session, variable),
    startedAt: status[0] ?? null,
    clockMs: Number(status[1]),
    systemIdentifier:
      variable.get('server_uuid') ??
      variable.get('server_uid') ??
      ['hostname', 'port', 'server_id'].map((name) => variable.get(name)).join(':'),
    timeline: null,
    // Without performance_schema the attributes of connections are not kept.
    ownConnections: own > 0 ? own : null,
  };
}

/** `8.4.3` and its maker's words, when they say more than the number does. */
function withComment(version: string, comment: string | null): string {
  const known = comment === null || comment === '' || version.includes(comment);
  return known || /mariadb/i.test(version) ? version : `${version} (${comment.slice(0, 80)})`;
}

/** 10.11.18 is 101118, 8.4.3 is 80403. */
export function numberOf(version: string): number {
  const [, major, minor, patch] = /^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) * 10_000 + Number(minor) * 100 + Number(patch ?? 0);
}

/**
 * A replica has a source, or is a secondary of its group. Where the login may not see that, a server that takes no writes
 * counts as one.
 */
async function roleOf(
  session: Session,
  variable: ReadonlyMap<string | null | undefined, string | null>,
): Promise<'primary' | 'replica'> {
  if (variable.has('aurora_server_id') && variable.get('innodb_read_only') === 'ON')
    return 'replica';
  const readOnly = variable.get('read_only') !== 'OFF';
  if (readOnly && (variable.get('group_replication_group_name') ?? '') !== '') return 'replica';
  try {
    const sources = await session.query(replicaStatusSql(session), options);
    return sources.rows.length > 0 ? 'replica' : 'primary';
  } catch (error) {
    if (!(error instanceof Failure) || error.fatal) throw error;
    return readOnly ? 'replica' : 'primary';
  }
}

/** One row per source the server follows; MySQL before 8.0.22 knows the old words only. */
export function replicaStatusSql({ flavour, versionText }: Session): string {
  if (flavour === 'mariadb') return 'show all replicas status';
  return numberOf(versionText) >= 80_022 ? 'show replica status' : 'show slave status';
}
