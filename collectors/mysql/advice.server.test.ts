/** From a slow statement to its index and back, on MySQL and MariaDB: advice followed to the letter. */
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainMysqlStatement } from '@/collectors/mysql/explain/explain-statement';
import { readMysqlInventory } from '@/collectors/mysql/inventory/read-inventory';
import { openSession } from '@/collectors/mysql/session/session';
import type { PlanNode } from '@/lib/contract';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import { appendStatements, registerStatements } from '@/lib/storage/append-statements';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readAdvice } from '@/lib/storage/read-advice';
import { writeInventory } from '@/lib/storage/write-inventory';
import { mysqlShopStatements } from '@/scripts/mysql-plans/schema';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { startMariadb } from '@/scripts/servers/mariadb';
import { startMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';

const password = 'secret-for-tests';
const lease = { instanceId: 1, fence: 1n };
const calls = 40;

describe.each([
  ['mysql', startMysql],
  ['mariadb', startMariadb],
] as const)('%s', (engine, start) => {
  let store: RunningPostgres;
  let server: RunningMysql;
  let db: pg.Pool;
  const login = () => ({
    ...{ host: '127.0.0.1', port: server.port, database: '', user: 'explainer', password },
    tls: 'off' as const,
  });

  beforeAll(async () => {
    [store, server] = await Promise.all([startPostgres(), start()]);
    await migrate(store.url());
    db = openPool(store.url(), 4);
    const admin = await server.connect();
    for (const sql of [
      ...mysqlShopStatements(),
      `create user explainer@'%' identified by '${password}'`,
      `grant select on shop.* to explainer@'%'`,
      `grant select on performance_schema.* to explainer@'%'`,
    ])
      await admin.query(sql);
    await admin.end();
    await db.query(`insert into cluster (name) values ('shop')`);
    await db.query(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
       values ('shop-1', 1, $1, '127.0.0.1', $2, '', 'explainer', 'off', now())`,
      [engine, server.port],
    );
    await db.query(
      `insert into lease values (1, 'test', 1, now() + interval '1 hour');
       insert into instance_status (instance_id, role, state, last_attempt) values (1, 'primary', 'up', now())`,
    );
  }, 120_000);
  afterAll(async () => {
    await db?.end();
    await Promise.all([store?.stop(), server?.stop()]);
  });

  /** Runs the statement, and keeps what collectors keep: its digest, the inventory, a plan. */
  async function collect(): Promise<{ id: string; root: PlanNode; mean: number }> {
    const summary = 'performance_schema.events_statements_summary_by_digest';
    await server.query(`truncate ${summary}`);
    const app = await server.connect({ user: 'root', password: server.password, database: 'shop' });
    for (let n = 0; n < calls; n += 1)
      await app.query(`select id, total_cents from orders where customer_id = ${1 + n * 617}`);
    await app.end();
    const [row] = await server.query(
      `select digest, digest_text as text, count_star as calls, sum_timer_wait / 1e9 as ms, sum_rows_sent as found
       from ${summary} where digest_text like '%\`customer_id\` = ?%'`,
    );
    const statement = describeMysqlStatement(String(row?.text));
    const { id, text } = statement;
    const session = await openSession(login(), 'test');
    await writeInventory(db, lease, await readMysqlInventory(session, 'shop'));
    await session.close();
    const keys = await registerStatements(db, 1, [
      {
        ...{ userid: '', dbid: 'shop', queryid: String(row?.digest), toplevel: true },
        ...{ userName: null, databaseName: 'shop' },
        statement,
      },
    ]);
    const toAt = Date.now();
    await appendStatements(db, lease, {
      ...{ fromAt: toAt - 5000, toAt, partial: null, hidden: null, evictions: null },
      deltas: [
        {
          keyId: [...keys.values()][0] ?? 0,
          calls: Number(row?.calls),
          totalMs: Number(row?.ms),
          rows: Number(row?.found),
          ...{ sumSqMs: 0, planMs: null, blocksHit: 0, blocksRead: 0, blocksDirtied: 0 },
          ...{ blocksWritten: 0, tempBlocksRead: 0, tempBlocksWritten: 0, readMs: null },
          ...{ writeMs: null, walBytes: null, jitMs: null },
        },
      ],
    });
    const answer = await explainMysqlStatement(
      login(),
      { text, truncated: false, queryid: String(row?.digest), database: 'shop' },
      'test',
      null,
    );
    if (answer.status !== 'ok') throw new Error(JSON.stringify(answer));
    await db.query(
      `insert into plan (id, statement_id, instance_id, engine, generic, shape, schema_version, root, findings)
       values (gen_random_uuid(), $3, 1, $1, false, 'x', 'x', $2, '[]')`,
      [engine, JSON.stringify(answer.root), id],
    );
    return { id, root: answer.root, mean: Number(row?.ms) / Number(row?.calls) };
  }
  const advice = async () => {
    const to = Date.now() + 1000;
    return readAdvice(db, { cluster: '1', from: to - 60_000, to });
  };

  test('the advised index, made as it is written, changes the plan, and the statement is faster', async () => {
    const before = await collect();
    expect(before.root).toMatchObject({ type: 'Table scan', relation: 'shop.orders' });
    const found = await advice();
    const item = found.advice.find(({ kind }) => kind === 'missing_index');
    expect(item).toMatchObject({
      ...{ table: 'shop.orders', statements: [before.id], instance: '1', database: 'shop' },
      sql: 'ALTER TABLE `shop`.`orders` ADD INDEX `orders_customer_id_idx` (`customer_id`), ALGORITHM=INPLACE, LOCK=NONE;',
    });
    // The server has just started: nothing is said about unused indexes, and why.
    expect(found.advice.filter(({ kind }) => kind === 'unused_index')).toEqual([]);
    expect(found.unavailable.map(({ reason }) => reason.en).join()).toContain('counted only since');

    await server.query(item?.sql ?? '');
    const after = await collect();
    expect(after.root).toMatchObject({ type: 'Index lookup', index: 'orders_customer_id_idx' });
    expect(after.mean).toBeLessThan(before.mean / 5);
    expect((await advice()).advice.filter(({ kind }) => kind === 'missing_index')).toEqual([]);
  }, 60_000);
});
