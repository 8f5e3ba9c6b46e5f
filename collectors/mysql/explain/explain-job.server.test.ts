/** The job behind the button, for a statement of MySQL or MariaDB: a plan is kept as PostgreSQL's are. */
import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainJob } from '@/collectors/run/explain/explain-job';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readPlan } from '@/lib/storage/read-plans';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { startMariadb } from '@/scripts/servers/mariadb';
import { startMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { explainMysqlStatement } from './explain-statement';

const rootKey = randomBytes(32).toString('base64url');
const secret = 'secret-for-tests';

describe.each([
  ['mysql', startMysql],
  ['mariadb', startMariadb],
] as const)('%s', (engine, start) => {
  let store: RunningPostgres;
  let server: RunningMysql;
  let db: pg.Pool;

  beforeAll(async () => {
    [store, server] = await Promise.all([startPostgres(), start()]);
    await migrate(store.url());
    db = openPool(store.url(), 4);
    const admin = await server.connect();
    for (const sql of [
      'create database shop',
      'create table shop.item (id int primary key, kind int not null, name varchar(40) not null)',
      `insert into shop.item with recursive n (i) as (select 1 union all select i + 1 from n where i < 900)
         select i, i % 50, concat('item ', i) from n`,
      'analyze table shop.item',
      `create user explainer@'%' identified by '${secret}'`,
      `grant select on shop.* to explainer@'%'`,
    ])
      await admin.query(sql);
    await admin.end();
    await db.query(`insert into cluster (name) values ('one')`);
    await db.query(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, explain_user, updated_at)
       values ('one', 1, $1, '127.0.0.1', $2, '', 'nobody', 'off', 'explainer', now())`,
      [engine, server.port],
    );
    await db.query(`
      insert into statement (id, text, kind) values
        ('s1', 'SELECT \`id\` FROM \`item\` WHERE NAME = ?', 'select'), ('s2', 'SELECT \`trap\` ( )', 'select');
      insert into statement_key (instance_id, statement_id, userid, dbid, queryid, toplevel, database_name)
        values (1, 's1', '', 'shop', 'd1', true, 'shop'), (1, 's2', '', 'shop', 'd2', true, 'shop')`);
    await db.query('update instance set explain_password = $1', [
      seal(await publishPublicKey(db, rootKey), secret, {
        ...{ table: 'instance', row: '1', column: 'explain_password' },
      }),
    ]);
  }, 120_000);
  afterAll(async () => {
    await db?.end();
    await Promise.all([store?.stop(), server?.stop()]);
  });

  test('a plan is made, kept with its engine, and given again while nothing changes', async () => {
    const handler = explainJob({
      ...{ db, rootKey, applicationName: 'yagura test' },
      explainers: { [engine]: explainMysqlStatement },
    });
    const ask = (statement_id: string) =>
      handler({
        ...{ id: randomUUID(), sealed: null },
        payload: { instance_id: 1, statement_id },
      }) as Promise<{ status: string; plan_id?: string; cached?: boolean; code?: string }>;
    const first = await ask('s1');
    expect(first).toMatchObject({ status: 'ok', cached: false });
    expect(await ask('s1')).toEqual({ ...first, cached: true });
    await server.query('create index item_name on shop.item (name)');
    const second = await ask('s1');
    expect(second).toMatchObject({ status: 'ok', cached: false });
    expect(second.plan_id).not.toBe(first.plan_id);
    const plan = await readPlan(db, second.plan_id ?? '');
    expect(plan).toMatchObject({ engine, generic: false });
    expect(plan?.root).toMatchObject({ engine, relation: 'shop.item', index: 'item_name' });
    expect(await ask('s2')).toMatchObject({ status: 'refused', code: 'function' });
  });
});
