/** From a slow statement to its index and back: advice on the demo's shop, followed to the letter, on real servers. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { explainStatement } from '@/collectors/postgres/explain/explain-statement';
import { whatIfOnSchedule } from '@/collectors/postgres/explain/what-if-on-schedule';
import { addStatistics, readInventory } from '@/collectors/postgres/inventory/read-inventory';
import { openSession } from '@/collectors/postgres/session/session';
import { readWatchedInstances } from '@/collectors/store/watched-instances';
import { buildShop } from '@/demo/shop';
import type { PlanNode } from '@/lib/contract';
import { planFindings } from '@/lib/plan/plan-findings';
import { eachNode } from '@/lib/plan/plan-shape';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { describeStatement } from '@/lib/statement/describe-statement';
import { appendStatements, registerStatements } from '@/lib/storage/append-statements';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readAdvice } from '@/lib/storage/read-advice';
import { writeInventory } from '@/lib/storage/write-inventory';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';

const passwords = { app: 'app-secret', monitor: 'monitor-secret', explain: 'explain-secret' };
const lease = { instanceId: 1, fence: 1n };
const rootKey = randomBytes(32).toString('base64url');
const statement =
  'select * from shop.orders where customer_id = $1 order by created_at desc limit 20';
const calls = 60;

let store: RunningPostgres;
let target: RunningPostgres;
let db: pg.Pool;
let shop: pg.Client;
/** End of the reading before: what overlaps it would be refused. */
let readTo = 0;

const why = await whyNoDebian();
const settings = { autovacuum: 'off', shared_preload_libraries: 'pg_stat_statements' };

async function start(running: Promise<RunningPostgres>): Promise<void> {
  store = await startPostgres();
  target = await running;
  await migrate(store.url());
  db = openPool(store.url(), 4);
  const connect = async (database: string) => {
    const client = new pg.Client({ connectionString: target.url(database) });
    await client.connect();
    return client;
  };
  const admin = await connect('postgres');
  await buildShop(admin, connect, passwords);
  await admin.end();
  shop = await connect('shop');
  await db.query(`insert into cluster (name) values ('shop')`);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at,
       explain_enabled, explain_user, explain_password)
     values ('shop-1', 1, 'postgres', '127.0.0.1', $1, 'shop', 'yagura', 'off', now(), true, 'yagura_explain', $2)`,
    [
      target.port,
      seal(await publishPublicKey(db, rootKey), passwords.explain, {
        ...{ table: 'instance', row: '1', column: 'explain_password' },
      }),
    ],
  );
  await db.query(
    `insert into lease values (1, 'test', 1, now() + interval '1 hour');
     insert into instance_status (instance_id, role, state, last_attempt) values (1, 'primary', 'up', now())`,
  );
}
async function stop(): Promise<void> {
  await shop?.end();
  await db?.end();
  await target?.stop();
  await store?.stop();
}

const login = (user: string, password: string) => ({
  host: '127.0.0.1',
  port: target.port,
  database: 'shop',
  user,
  password,
  tls: 'off' as const,
});

/** Runs the statement for some customers; what the server itself measured of it. */
async function measure(
  asked = statement,
): Promise<{ calls: number; total_ms: number; rows: number; text: string }> {
  await shop.query('select pg_stat_statements_reset()');
  for (let n = 0; n < calls; n++) await shop.query(asked, [1 + ((n * 617) % 40_000)]);
  const { rows } = await shop.query(
    `select calls::int, total_exec_time as total_ms, rows::int, query as text from pg_stat_statements
     where query like '%shop.orders where%'`,
  );
  return rows[0];
}

/** What collectors keep: the inventory, the readings of statements, a plan by the login for plans. */
async function collect(asked = statement): Promise<{ id: string; root: PlanNode; mean: number }> {
  const measured = await measure(asked);
  const described = await describeStatement(measured.text);
  const session = await openSession(login('yagura', passwords.monitor), 'test');
  const inventory = await readInventory(session, new Map());
  await session.close();
  const reader = await openSession(login('yagura_explain', passwords.explain), 'test');
  await addStatistics(reader, inventory.tables);
  await reader.close();
  await writeInventory(db, lease, inventory);
  const keys = await registerStatements(db, 1, [
    {
      ...{ userid: '1', dbid: '1', queryid: described.id, toplevel: true, userName: 'orders_api' },
      databaseName: 'shop',
      statement: described,
    },
  ]);
  const toAt = Date.now();
  await appendStatements(db, lease, {
    ...{
      fromAt: Math.max(toAt - 5000, readTo),
      toAt,
      partial: null,
      hidden: null,
      evictions: null,
    },
    deltas: [
      {
        keyId: [...keys.values()][0] ?? 0,
        calls: measured.calls,
        totalMs: measured.total_ms,
        rows: measured.rows,
        ...{ sumSqMs: 0, planMs: null, blocksHit: 0, blocksRead: 0, blocksDirtied: 0 },
        ...{ blocksWritten: 0, tempBlocksRead: 0, tempBlocksWritten: 0, readMs: null },
        ...{ writeMs: null, walBytes: null, jitMs: null },
      },
    ],
  });
  readTo = toAt;
  const answer = await explainStatement(
    login('yagura_explain', passwords.explain),
    { text: described.text, truncated: false },
    'test',
  );
  if (answer.status !== 'ok') throw new Error(JSON.stringify(answer));
  await db.query(
    `insert into plan (id, statement_id, instance_id, engine, generic, shape, schema_version, root, findings)
     values (gen_random_uuid(), $1, 1, 'postgres', true, 'x', 'x', $2, $3)`,
    [
      ...[described.id, JSON.stringify(answer.root)],
      JSON.stringify(planFindings(answer.root, described.text, answer.tableRows, { inventory })),
    ],
  );
  return { id: described.id, root: answer.root, mean: measured.total_ms / measured.calls };
}

const nodesOf = (root: PlanNode) => {
  const types: string[] = [];
  eachNode(root, (node) => types.push([node.type, node.index].filter(Boolean).join(' ')));
  return types.join(' > ');
};
const advice = async () => {
  const to = Date.now() + 1000;
  return readAdvice(db, { cluster: '1', from: to - 60_000, to });
};

/** The same on every version: the cast is found in the plan that the server wrote. */
function castIsSaid(): void {
  test('a cast that the server adds, because the value has another type, is said with the index it keeps out', async () => {
    const { id, root } = await collect('select count(*) from shop.orders where id = $1::numeric');
    expect(JSON.stringify(root)).toContain('(id)::numeric');
    const said = (await advice()).advice.filter(({ statements }) => statements.includes(id));
    expect(said.map(({ kind }) => kind)).toEqual(['implicit_cast']);
    expect(said[0]?.says.en).toContain('orders_pkey on id is not used');
  });
}

describe('on 18', () => {
  beforeAll(() => start(startPostgres({ settings })), 120_000);
  afterAll(stop);

  test('the advised index, made as it is written, changes the plan, and the statement is faster', async () => {
    const before = await collect();
    // No Seq Scan, and yet all is read: the whole index of another column, each row tested for its customer.
    expect(nodesOf(before.root)).toBe('Limit > Index Scan orders_created_at');
    const found = await advice();
    const item = found.advice.find(({ kind }) => kind === 'missing_index');
    expect(item).toMatchObject({
      table: 'shop.orders',
      statements: [before.id],
      instance: '1',
      database: 'shop',
      sql: 'CREATE INDEX CONCURRENTLY orders_customer_id_created_at_idx ON shop.orders (customer_id, created_at);',
    });
    expect(item?.says.en).toContain('Column order');
    // Statistics of a statement's columns are read with the login for plans.
    expect(item?.evidence.map(({ label }) => label.en)).toContain('Cardinality of customer_id');
    // The foreign key to customer is served by the same index, and is not advised again.
    expect(
      found.advice.filter(({ table, kind }) => table === 'shop.orders' && /foreign/.test(kind)),
    ).toEqual([]);
    // What nobody can know yet is said.
    expect(found.unavailable.map(({ reason }) => reason.en).join()).toMatch(
      /counted only since|since when/,
    );

    await shop.query(item?.sql ?? '');
    const after = await collect();
    expect(nodesOf(after.root)).toBe('Limit > Index Scan orders_customer_id_created_at_idx');
    expect(after.mean).toBeLessThan(before.mean / 5);
    const left = (await advice()).advice.filter(({ statements }) => statements.includes(before.id));
    // The index does not change how the statement is written.
    expect(left.map(({ kind }) => kind)).toEqual(['select_star']);
  });

  castIsSaid();
});

describe.skipIf(why !== null)(`on Debian's 15 with hypopg ${why ?? ''}`, () => {
  beforeAll(async () => {
    await start(startDebianPostgres({ settings }));
    await shop.query('create extension hypopg');
  }, 120_000);
  afterAll(stop);

  test('the advised index is checked with the planner, once, and one it would not use is not advised', async () => {
    const { id } = await collect();
    const missing = async () =>
      (await advice()).advice.filter(
        (item) => item.kind === 'missing_index' && item.statements.includes(id),
      );
    expect((await missing()).map(({ known }) => known)).toEqual(['estimated']);
    const messages: string[] = [];
    const schedule = whatIfOnSchedule({
      ...{ db, rootKey, applicationName: 'test', firstMs: 0, everyMs: 1000 },
      log: (message) => messages.push(message),
    });
    const [instance] = await readWatchedInstances(db);
    if (!instance) throw new Error('no instance');
    const running = schedule(instance, lease);
    await vi.waitFor(
      async () => expect((await missing()).map(({ known }) => known)).toEqual(['hypothetical']),
      { timeout: 20_000, interval: 200 },
    );
    const asked = await db.query('select sql, status, at from what_if');
    expect(asked.rows).toMatchObject([{ status: 'used' }]);
    expect((await missing())[0]?.gain?.en).toMatch(
      /^The planner would use it: .* falls from [\d,]+ to [\d,]+\./,
    );
    await sleep(2500);
    await running.stop();
    expect((await db.query('select sql, status, at from what_if')).rows).toEqual(asked.rows);
    expect(messages).toEqual([]);
    await db.query(`update what_if set status = 'unused'`);
    expect(await missing()).toEqual([]);
    expect((await advice()).unavailable.map(({ reason }) => reason.en).join()).toContain(
      'asked with hypopg, would not use it',
    );
  });

  castIsSaid();
});
