/** What would be another after one server took over from the other. Pure. */
import type { InstanceSettings } from './settings';

/** They differ because the servers are two, or because one is a replica. */
const own = new RegExp(
  `^(${[
    ...['port', 'listen_addresses', 'hostname', 'bind_address', 'report_host', 'report_port'],
    ...['cluster_name', 'server_id', 'server_uuid', 'server_uid', 'in_hot_standby', 'pid_file'],
    ...['data_directory', 'datadir', 'config_file', 'hba_file', 'ident_file', 'socket'],
    ...['external_pid_file', 'unix_socket_directories', 'tmpdir', 'basedir', 'admin_port'],
    ...['primary_conninfo', 'primary_slot_name', 'promote_trigger_file', 'recovery_.*'],
    ...['transaction_read_only', 'read_only', 'super_read_only', 'event_scheduler'],
    ...['gtid_.*', 'log_bin_basename', 'log_bin_index', 'relay_log.*', 'general_log_file'],
    ...['slow_query_log_file', 'log_error', 'server_version.*', 'timestamp', 'mysqlx_.*'],
    ...['wsrep_node_.*', 'group_replication_local_address', 'innodb_version', 'version.*'],
    ...['shared_memory_size.*', 'data_checksums', 'debug_assertions', 'ssl_.*', 'tls_.*'],
  ].join('|')})$`,
);

export type ServerDrift = {
  settings: string[];
  extensions: string[];
  version: { own: string; primary: string } | null;
};

/** Settings by name where both tell a value; extensions the primary uses whose files the other has not. */
export function compareServers(one: InstanceSettings, primary: InstanceSettings): ServerDrift {
  const theirs = new Map(primary.settings.map((setting) => [setting.name, setting]));
  const settings = one.settings.flatMap(({ name, value, hidden }) => {
    const other = theirs.get(name);
    if (!other || hidden !== null || other.hidden !== null || own.test(name)) return [];
    return value !== other.value ? [name] : [];
  });
  // What the primary has installed must be on the disk of the other: the data is the same, its files are not.
  const available = new Map(one.extensions.map((extension) => [extension.name, extension]));
  const extensions = primary.extensions
    .filter(({ name, installed }) => installed && available.get(name)?.available == null)
    .map(({ name }) => name);
  const same = one.version_number === primary.version_number;
  return {
    ...{ settings, extensions },
    version: same ? null : { own: one.version, primary: primary.version },
  };
}
