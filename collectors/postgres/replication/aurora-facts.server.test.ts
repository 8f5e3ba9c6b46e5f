/** The statements for Aurora on a PostgreSQL whose catalog was given functions of the documented names and columns. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identify } from '@/collectors/postgres/identify';
import { openSession, type Session } from '@/collectors/postgres/session/session';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { readFacts } from './read-facts';

let server: RunningPostgres;
let owner: pg.Client;
let session: Session;

beforeAll(async () => {
  server = await startPostgres();
  owner = new pg.Client({ connectionString: server.url() });
  await owner.connect();
  await owner.query(`create role yagura login password 'for tests' in role pg_monitor`);
  session = await open();
});
afterAll(async () => {
  await session?.close();
  await owner?.end();
  await server?.stop();
});

const open = () =>
  openSession(
    {
      ...{ host: '127.0.0.1', port: server.port, database: 'postgres', user: 'yagura' },
      ...{ password: 'for tests', tls: 'off' },
    },
    'yagura/test',
  );
const statusIn = (schema: string) => `
  create function ${schema}.aurora_db_instance_identifier() returns text language sql return 'shop-instance-2';
  create function ${schema}.aurora_replica_status(out server_id text, out session_id text, out durable_lsn bigint,
      out replica_lag_in_msec real, out last_update_timestamp timestamptz) returns setof record language sql as $$
    values ('shop-instance-1', 'MASTER_SESSION_ID', 100::bigint, null::real, clock_timestamp()),
      ('shop-instance-2', 'f1a5b6c2', 90, 19.5, null) $$`;

test('a server that refuses the WAL functions and has no such functions of its own is no Aurora', async () => {
  // As Aurora does: the functions are there, and an error is all they say.
  await owner.query(`set allow_system_table_mods = on; alter function pg_catalog.pg_current_wal_lsn() rename to was;
    create function pg_catalog.pg_current_wal_lsn() returns pg_lsn language plpgsql as
      $$ begin raise 'not supported for Aurora' using errcode = '0A000'; end $$`);
  await owner.query(statusIn('public'));
  const identity = await identify(session);
  expect(identity).toMatchObject({
    timeline: null,
    systemIdentifier: expect.stringMatching(/^\d+$/),
  });
  await expect(readFacts(session, identity, 2000)).rejects.toMatchObject({
    code: 'not_understood',
  });
});

test('one that has them is read by them', async () => {
  await owner.query(statusIn('pg_catalog'));
  const identity = await identify(session);
  for (const _ of [1, 2]) {
    const facts = await readFacts(session, identity, 2000);
    expect(facts.identity).toMatchObject({ name: 'shop-instance-2', port: server.port });
    expect(facts.receivers).toMatchObject([
      {
        upstream: { host: 'shop-instance-1', port: server.port },
        ...{ receiver: 'running', storageMs: 19.5 },
      },
    ]);
  }
});
