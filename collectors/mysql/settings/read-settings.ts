/** Reads the system variables of a server, where each was set, and what waits for a restart. */
import { Failure } from '@/collectors/run/failure';
import type { SettingsReader } from '@/collectors/run/watch-settings';
import { type InstanceSettings, type ServerSetting, secretSetting } from '@/lib/inventory/settings';
import type { Flavour } from '@/lib/metric/define-metric';
import type { Session } from '../session/session';
import { withSession } from '../session/with-session';

/**
 * Variables whose value may be a password, a key or SQL of somebody's: the server does not even send them to us.
 * wsrep_provider_options and wsrep_sst_auth hold passwords, init_connect and its like hold statements.
 */
const secret = new RegExp(
  `${secretSetting.source}|pwd$|_auth$|provider_options$|^init_|_key_data$|credentials`,
  'i',
);
const hides = `lower(v.variable_name) regexp '${secret.source}'`;

/** What the server counts or computes by itself, its positions for example: not a setting anybody changed. */
const computed =
  /^(gtid_(executed|purged|owned|current_pos|binlog_pos|binlog_state|slave_pos)|.*timestamp|innodb_version|version.*|server_uuid|server_uid|hostname|license|system_time_zone|have_.*|wsrep_patch_version|innodb_buffer_pool_load_.*|innodb_buffer_pool_dump_now|innodb_log_checkpoint_now)$/;

const settingsSql: Record<Flavour, string> = {
  mysql: `select v.variable_name as name, if(${hides}, null, v.variable_value) as value, ${hides} as secret,
    null as built_in, i.variable_source as source, null as read_only, null as description,
    p.variable_name is not null and not (p.variable_value <=> v.variable_value) as pending
  from performance_schema.global_variables v
  left join performance_schema.variables_info i on i.variable_name = v.variable_name
  left join performance_schema.persisted_variables p on p.variable_name = v.variable_name
  order by v.variable_name limit 2000`,
  mariadb: `select lower(v.variable_name) as name, if(${hides}, null, v.global_value) as value, ${hides} as secret,
    if(${hides}, null, v.default_value) as built_in, v.global_value_origin as source, v.read_only = 'YES' as read_only,
    v.variable_comment as description, 0 as pending
  from information_schema.system_variables v
  where v.global_value is not null order by v.variable_name limit 2000`,
};

/** @throws Failure */
export async function readSettings(session: Session): Promise<InstanceSettings> {
  const server = await session.query('select unix_timestamp(sysdate(3)) * 1000', {
    doing: 'read the server',
    timeoutMs: 3_000,
  });
  const at = Number(server.rows[0]?.[0] ?? Number.NaN);
  if (!Number.isFinite(at)) throw new Failure('wrong_shape', 'read the server: no time');
  const options = { doing: 'read the settings', timeoutMs: 5_000 };
  const { columns, rows } = await session.query(settingsSql[session.flavour], options);
  const [major = 0, minor = 0, patch = 0] = (/(\d+)\.(\d+)\.(\d+)/.exec(session.versionText) ?? [])
    .slice(1)
    .map(Number);
  return {
    at: Math.round(at),
    version: session.versionText,
    version_number: major * 10_000 + minor * 100 + patch,
    settings: rows.map((row) =>
      settingOf(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]))),
    ),
    overrides: [],
    extensions: [],
  };
}

function settingOf(row: Record<string, string | null>): ServerSetting {
  const name = row.name ?? '';
  const source = (row.source ?? '').toLowerCase().replaceAll('_', '-');
  const own = row.value === row.built_in;
  return {
    name,
    value: row.value ?? null,
    hidden: row.secret === '1' ? 'secret' : null,
    default: row.built_in ?? null,
    // MySQL does not tell what is built in, but where a value was set.
    changed: !['', 'compiled', 'compile-time', 'auto'].includes(source) && !(row.built_in && own),
    source,
    context: computed.test(name) ? 'internal' : row.read_only === '1' ? 'postmaster' : '',
    category: '',
    description: row.description ?? '',
    pending_restart: row.pending === '1',
  };
}

/** {@link readSettings} on a connection of its own. @throws Failure */
export const readMysqlSettings: SettingsReader = (target, name, signal) =>
  withSession(target, name, signal, readSettings);
