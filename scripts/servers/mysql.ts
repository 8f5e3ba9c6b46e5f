/** MySQL 9.7 of Debian's unstable suite, run through its own loader. For tests. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { lastLine, libraryFolder, unpackDebian } from './debian-packages';
import {
  type MysqlOptions,
  type MysqlPrograms,
  type RunningMysql,
  startMysqlServer,
  startReplica,
} from './mysql-server';

const run = promisify(execFile);

/** Starts MySQL on 127.0.0.1 and a free port, its data in a temporary folder. @throws one sentence with the reason */
export async function startMysql(options?: MysqlOptions): Promise<RunningMysql> {
  return startMysqlServer(await mysqlPrograms(), options);
}

/** Another one that follows `primary` with GTIDs. */
export async function startMysqlReplica(
  primary: RunningMysql,
  options?: MysqlOptions,
): Promise<RunningMysql> {
  return startReplica(await mysqlPrograms(), primary, options);
}

/** Why MySQL cannot run here, or null: the reason of a skipped test. */
export async function whyNoMysql(): Promise<string | null> {
  return mysqlPrograms().then(
    () => null,
    (error: Error) => `MySQL 9.7: ${error.message}`,
  );
}

/** Where its program is and how it is started. @throws one sentence with the reason */
export function mysqlPrograms(): Promise<MysqlPrograms> {
  found ??= find();
  return found;
}
let found: Promise<MysqlPrograms> | null = null;

async function find(): Promise<MysqlPrograms> {
  const root = path.resolve('.cache/servers/mysql-9.7');
  await unpackDebian(root, {
    suite: 'sid',
    packages: ['mysql-server-core'],
    withDependencies: true,
  });
  const libraries = path.join(root, 'usr/lib', await libraryFolder(root));
  const program = [
    path.join(libraries, 'ld-linux-x86-64.so.2'),
    '--library-path',
    `${libraries}:${path.join(libraries, 'mysql/private')}`,
    path.join(root, 'usr/sbin/mysqld'),
  ];
  const places = [
    '--no-defaults',
    `--basedir=${root}/usr`,
    `--lc-messages-dir=${root}/usr/share/mysql`,
    `--plugin-dir=${root}/usr/lib/mysql/plugin`,
    `--character-sets-dir=${root}/usr/share/mysql/charsets`,
    '--secure-file-priv=',
  ];
  const [first = '', ...rest] = program;
  await run(first, [...rest, '--no-defaults', '--version']).catch((error: Error) => {
    throw new Error(`it does not run here (${lastLine(error.message)})`);
  });
  return {
    flavour: 'mysql',
    command: [...program, ...places],
    env: {},
    async initialise(dataDir) {
      const user = process.getuid?.() === 0 ? ['--user=root'] : [];
      await run(first, [
        ...rest,
        ...places,
        ...user,
        `--datadir=${dataDir}`,
        '--initialize-insecure',
        '--innodb-redo-log-capacity=16M',
      ]);
    },
    settings: {
      mysqlx: '0',
      gtid_mode: 'ON',
      enforce_gtid_consistency: 'ON',
      innodb_redo_log_capacity: '16M',
    },
    unfollow: ['STOP REPLICA'],
    follow: ({ port, user, password }) => [
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = '${user}',
       SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1`,
      'START REPLICA',
      'SET GLOBAL super_read_only = 1',
    ],
  };
}
