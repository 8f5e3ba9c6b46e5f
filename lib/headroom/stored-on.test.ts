import { expect, test } from 'vitest';
import { mountOf, storedBy } from './stored-on';

const settings = (given: Record<string, string>) => (name: string) => given[name] ?? null;

test.each([
  ['/var/lib/postgresql/16/main', ['/', '/var', '/var/lib/postgresql'], '/var/lib/postgresql'],
  [
    '/var/lib/postgresql/16/main/pg_wal',
    ['/', '/var/lib/postgresql/16/main/pg_wal'],
    '/var/lib/postgresql/16/main/pg_wal',
  ],
  // A name that only begins alike is another folder.
  ['/var/library', ['/', '/var/lib'], '/'],
  ['/data', ['/data'], '/data'],
  ['/data', ['/srv'], null],
  ['/data/', [], null],
])('%s among %j lies on %s', (path, mounts, mount) => {
  expect(mountOf(path, mounts)).toBe(mount);
});

test('PostgreSQL keeps its changes beneath its data, and both are unknown where it does not tell', () => {
  expect(storedBy('postgres', settings({ data_directory: '/data/' }))).toEqual([
    { use: 'data', path: '/data/' },
    { use: 'wal', path: '/data/pg_wal' },
  ]);
  expect(storedBy('postgres', settings({}))).toEqual([
    { use: 'data', path: null },
    { use: 'wal', path: null },
  ]);
});

test('MySQL names its redo and binary logs, from its data folder where they are relative', () => {
  const given = {
    datadir: '/var/lib/mysql/',
    innodb_log_group_home_dir: './',
    log_bin_basename: '/log/bin',
  };
  expect(storedBy('mysql', settings(given))).toEqual([
    { use: 'data', path: '/var/lib/mysql/' },
    { use: 'redo', path: '/var/lib/mysql/' },
    { use: 'binlog', path: '/log/bin' },
  ]);
  expect(
    storedBy('mariadb', settings({ datadir: '/d', innodb_log_group_home_dir: 'redo' })),
  ).toEqual([
    { use: 'data', path: '/d' },
    { use: 'redo', path: '/d/redo' },
  ]);
});
