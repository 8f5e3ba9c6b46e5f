/** Debian's MariaDB 10.11: the machine's own, else fetched and unpacked without root. For tests and the demo fleet. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { exists } from './binaries';
import { lastLine, libraryFolder, unpackDebian } from './debian-packages';
import {
  type MysqlOptions,
  type MysqlPrograms,
  type RunningMysql,
  startMysqlServer,
  startReplica,
} from './mysql-server';

const run = promisify(execFile);
const installed = '/usr/sbin/mariadbd';

/** Starts MariaDB on 127.0.0.1 and a free port, its data in a temporary folder. @throws one sentence with the reason */
export async function startMariadb(options?: MysqlOptions): Promise<RunningMysql> {
  return startMysqlServer(await mariadbPrograms(), options);
}

/** Another one that follows `primary` with GTIDs. */
export async function startMariadbReplica(
  primary: RunningMysql,
  options?: MysqlOptions,
): Promise<RunningMysql> {
  return startReplica(await mariadbPrograms(), primary, options);
}

/** Why MariaDB cannot run here, or null: the reason of a skipped test. */
export async function whyNoMariadb(): Promise<string | null> {
  return mariadbPrograms().then(
    () => null,
    (error: Error) => `Debian's MariaDB 10.11: ${error.message}`,
  );
}

/** Where its program is and how it is started, fetched when it is missing. @throws one sentence with the reason */
export function mariadbPrograms(): Promise<MysqlPrograms> {
  found ??= find();
  return found;
}
let found: Promise<MysqlPrograms> | null = null;

/** The same without fetching anything: null when this machine has none, installed or from a run of the tests. */
export async function mariadbAtHand(): Promise<MysqlPrograms | null> {
  if (!(await exists(installed)) && !(await exists(unpacked()))) return null;
  return mariadbPrograms();
}

const unpacked = () => path.resolve('.cache/servers/mariadb-10.11');

async function find(): Promise<MysqlPrograms> {
  if (await exists(installed)) return programs('/', [installed]);
  const root = unpacked();
  await unpackDebian(root, {
    suite: 'bookworm',
    packages: ['mariadb-server-core'],
    withDependencies: true,
  });
  const triplet = await libraryFolder(root);
  const folders = [`lib/${triplet}`, `usr/lib/${triplet}`].map((at) => path.join(root, at));
  const program = [
    path.join(folders[0] as string, 'ld-linux-x86-64.so.2'),
    ...['--library-path', folders.join(':')],
    path.join(root, installed),
  ];
  const [first = '', ...rest] = program;
  await run(first, [...rest, '--no-defaults', '--version']).catch((error: Error) => {
    throw new Error(`it does not run here (${lastLine(error.message)})`);
  });
  return programs(root, program);
}

function programs(root: string, program: string[]): MysqlPrograms {
  const share = path.join(root, 'usr/share/mysql');
  const places = [
    '--no-defaults',
    `--basedir=${path.join(root, 'usr')}`,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${share}/charsets`,
    '--secure-file-priv=',
  ];
  return {
    flavour: 'mariadb',
    command: [...program, ...places],
    env: {},
    async initialise(dataDir) {
      const files = [
        'mysql_system_tables',
        'mysql_performance_tables',
        'mysql_system_tables_data',
        'maria_add_gis_sp_bootstrap',
        'mysql_sys_schema',
      ].map((name) => readFile(path.join(share, `${name}.sql`), 'utf8'));
      const text = ['create database mysql;', 'use mysql;', ...(await Promise.all(files))].join(
        '\n',
      );
      const script = `${dataDir}.bootstrap`;
      await writeFile(script, text);
      const user = process.getuid?.() === 0 ? ['--user=root'] : [];
      // The server reads its system tables from its standard input, as mariadb-install-db has it do.
      await run('/bin/sh', [
        ...['-c', 'script=$1; shift; "$@" < "$script" && rm "$script"', 'bootstrap', script],
        ...[...program, ...places, ...user, `--datadir=${dataDir}`, '--bootstrap'],
        ...['--innodb-log-file-size=16M', '--enforce-storage-engine=', '--plugin-dir='],
      ]);
    },
    settings: {
      gtid_strict_mode: 'ON',
      log_slave_updates: 'ON',
      innodb_log_file_size: '16M',
    },
    unfollow: ['STOP SLAVE'],
    follow: ({ port, user, password }) => [
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = '${user}',
       MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
      'START SLAVE',
      'SET GLOBAL read_only = 1',
    ],
  };
}
