import { describe, expect, test } from 'vitest';
import {
  extensionChanges,
  type InstanceSettings,
  orderSettings,
  type ServerSetting,
  secretSetting,
  settingChanges,
} from './settings';
import { supportedUntil } from './version-support';

const setting = (
  name: string,
  value: string | null,
  more: Partial<ServerSetting> = {},
): ServerSetting => ({
  name,
  value,
  hidden: null,
  default: null,
  changed: false,
  source: 'default',
  context: 'user',
  category: '',
  description: '',
  pending_restart: false,
  ...more,
});
const read = (
  settings: ServerSetting[],
  more: Partial<InstanceSettings> = {},
): InstanceSettings => ({
  at: 0,
  version: '18.1',
  version_number: 180_001,
  settings,
  overrides: [],
  extensions: [],
  ...more,
});

describe('changes of settings', () => {
  test('are those of values that were told both times', () => {
    const before = read([
      setting('work_mem', '4MB'),
      setting('jit', 'on'),
      setting('primary_conninfo', null, { hidden: 'secret' }),
      setting('gone', '1'),
      setting('in_hot_standby', 'on', { context: 'internal' }),
    ]);
    const after = read([
      setting('work_mem', '64MB'),
      setting('jit', 'on'),
      setting('primary_conninfo', 'x'),
      setting('pg_stat_statements.max', '5000'),
      setting('in_hot_standby', 'off', { context: 'internal' }),
    ]);
    expect(settingChanges(before, after)).toEqual([{ name: 'work_mem', from: '4MB', to: '64MB' }]);
  });

  test('another major version is an upgrade, a minor one is not', () => {
    const before = read([setting('work_mem', '4MB')]);
    const after = [setting('work_mem', '8MB')];
    expect(settingChanges(before, read(after, { version_number: 190_000 }))).toEqual([]);
    expect(settingChanges(before, read(after, { version_number: 180_002 }))).toHaveLength(1);
  });
});

test('extensions come, go and change; one that is only available does not', () => {
  const before = read([], {
    extensions: [
      { name: 'plpgsql', installed: '1.0', available: '1.0' },
      { name: 'hypopg', installed: null, available: '1.4' },
      { name: 'pg_trgm', installed: '1.5', available: '1.6' },
      { name: 'citext', installed: '1.6', available: '1.6' },
    ],
  });
  const after = read([], {
    extensions: [
      { name: 'plpgsql', installed: '1.0', available: '1.0' },
      { name: 'hypopg', installed: '1.4', available: '1.4' },
      { name: 'pg_trgm', installed: '1.6', available: '1.6' },
    ],
  });
  expect(extensionChanges(before, after)).toEqual([
    { name: 'hypopg', from: null, to: '1.4' },
    { name: 'pg_trgm', from: '1.5', to: '1.6' },
    { name: 'citext', from: '1.6', to: null },
  ]);
});

test('what waits for a restart comes first, then what was changed', () => {
  const names = orderSettings([
    setting('b', '1'),
    setting('c', '1', { changed: true }),
    setting('a', '1'),
    setting('d', '1', { pending_restart: true }),
  ]).map(({ name }) => name);
  expect(names).toEqual(['d', 'c', 'a', 'b']);
});

test.each([
  'primary_conninfo',
  'archive_command',
  'restore_command',
  'ssl_passphrase_command',
  'my.api_key',
  'vault.token',
])('%s may hold a secret', (name) => expect(secretSetting.test(name)).toBe(true));
test.each(['work_mem', 'password_encryption', 'ssl_key_file', 'commit_delay'])(
  '%s holds none',
  (name) => expect(secretSetting.test(name)).toBe(false),
);

test('versions are supported until their last minor release', () => {
  expect(supportedUntil(140_012)).toBe(Date.parse('2026-11-12T23:59:59.999Z'));
  expect(supportedUntil(120_000)).toBeNull();
});
