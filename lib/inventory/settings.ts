/** The settings and extensions of a server, and what changed between two readings. Pure. */

export type InstanceSettings = {
  /** Epoch ms. */
  at: number;
  /** As the server writes it, e.g. `15.18 (Debian 15.18-1)`. */
  version: string;
  version_number: number;
  settings: ServerSetting[];
  /** Values kept for a role, a database or both (ALTER ROLE, ALTER DATABASE ... SET). */
  overrides: SettingOverride[];
  /** Of the connected database. */
  extensions: ServerExtension[];
};

export type ServerSetting = {
  name: string;
  /** With its unit, as SHOW writes it; null when it is not told (`hidden`). */
  value: string | null;
  /** `secret`: it may hold a password. `connection`: our own connection sets it, the server's is not seen. */
  hidden: 'secret' | 'connection' | null;
  /** The value the server is built with; null when it has none. */
  default: string | null;
  /** Whether the value was changed from the one built in. */
  changed: boolean;
  /** As in pg_settings: default, configuration file, database, override, ... */
  source: string;
  /** As in pg_settings: postmaster (restart), sighup (reload), superuser, user, internal, ... */
  context: string;
  category: string;
  description: string;
  /** Changed in the configuration, and in force only after a restart. */
  pending_restart: boolean;
};

export type SettingOverride = {
  database: string | null;
  role: string | null;
  name: string;
  value: string | null;
};

export type ServerExtension = {
  name: string;
  /** Null when it is not installed. */
  installed: string | null;
  /** What CREATE or ALTER EXTENSION would give; null when its files are gone. */
  available: string | null;
};

export type SettingChange = { name: string; from: string; to: string };

/** Settings whose value may hold a password or a key, or be a command that does. */
export const secretSetting =
  /(password$|passwd|passphrase|secret|token|credential|private|conninfo|_command$|api_?key|access_?key)/i;

/**
 * What somebody changed between two readings. Another major version changes defaults: then only its upgrade is told.
 * Settings that an extension brought or took with it are not told either.
 */
export function settingChanges(before: InstanceSettings, after: InstanceSettings): SettingChange[] {
  if (Math.floor(before.version_number / 10_000) !== Math.floor(after.version_number / 10_000))
    return [];
  const old = new Map(before.settings.map((one) => [one.name, one]));
  return after.settings.flatMap(({ name, value, context }) => {
    const from = old.get(name)?.value ?? null;
    // Facts of the server, such as its version or whether it is a standby, are no settings.
    if (from === null || value === null || from === value || context === 'internal') return [];
    return [{ name, from, to: value }];
  });
}

/** Extensions installed, removed or updated between two readings. */
export function extensionChanges(
  before: InstanceSettings,
  after: InstanceSettings,
): { name: string; from: string | null; to: string | null }[] {
  const installed = (one: InstanceSettings) =>
    new Map(one.extensions.map((extension) => [extension.name, extension.installed]));
  const [old, now] = [installed(before), installed(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const [from, to] = [old.get(name) ?? null, now.get(name) ?? null];
    return from === to ? [] : [{ name, from, to }];
  });
}

/** Those that differ from what is built in first, then by name. */
export function orderSettings(settings: readonly ServerSetting[]): ServerSetting[] {
  const rank = (one: ServerSetting) => (one.pending_restart ? 0 : one.changed ? 1 : 2);
  return [...settings].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'));
}
