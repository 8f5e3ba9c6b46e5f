/** The job behind the button: a plan is kept for a day, and a watched server is asked rarely and never twice at once. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { explainJob } from '@/collectors/run/explain/explain-job';
import { planOnSchedule } from '@/collectors/run/explain/plan-on-schedule';
import { type JobHandler, serveJobs } from '@/collectors/run/serve-jobs';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { appendStatements } from '@/lib/storage/append-statements';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { readInventory } from '../inventory/read-inventory';
import { openSession } from '../session/session';
import { explainStatement } from './explain-statement';

const explainers = { postgres: explainStatement };
const rootKey = randomBytes(32).toString('base64url');
let server: RunningPostgres;
let shop: pg.Client;
let db: pg.Pool;
let handler: JobHandler;

// One server is both the store and what is watched.
beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query('create database shop');
  shop = new pg.Client({ connectionString: server.url('shop') });
  await shop.connect();
  await shop.query(`create table item (id int primary key, name text);
    insert into item select n, 'item ' || n from generate_series(1, 5000) n; analyze item;
    create role explainer login password 'secret-for-tests'; grant select on item to explainer`);
  await db.query(`
    insert into cluster (name) values ('one');
    insert into instance (name, cluster_id, engine, host, port, database, "user", tls, explain_user, updated_at)
      values ('one', 1, 'postgres', '127.0.0.1', ${server.port}, 'postgres', 'nobody', 'off', 'explainer', now());
    insert into statement (id, text, kind) values ('s1', 'select name from item where id = $1', 'select');
    insert into statement_key (instance_id, statement_id, userid, dbid, queryid, toplevel, database_name)
      values (1, 's1', '10', '5', '1', true, 'shop')`);
  await db.query('update instance set explain_password = $1', [
    seal(await publishPublicKey(db, rootKey), 'secret-for-tests', {
      table: 'instance',
      row: '1',
      column: 'explain_password',
    }),
  ]);
});
afterAll(async () => {
  await shop?.end();
  await db?.end();
  await server?.stop();
});
beforeEach(async () => {
  await db.query('delete from plan');
  handler = explainJob({ db, rootKey, explainers, applicationName: 'yagura test' });
});

const ask = (fresh?: boolean) =>
  handler({
    id: randomUUID(),
    sealed: null,
    payload: { instance_id: 1, statement_id: 's1', ...(fresh && { fresh }) },
  }) as Promise<{ status: string; code?: string; plan_id?: string; cached?: boolean }>;
const plans = async () =>
  (await db.query<{ n: number }>('select count(*)::int as n from plan')).rows[0]?.n;

test('a plan of the last 24 h is given again, and says so', async () => {
  const first = await ask();
  expect(first).toMatchObject({ status: 'ok', cached: false });
  expect(await ask()).toEqual({ status: 'ok', plan_id: first.plan_id, cached: true });
  expect(await plans()).toBe(1);
});

test('a fresh plan, an older one, and a changed table are planned again, and kept once while the shape is the same', async () => {
  const first = await ask();
  expect(await ask(true)).toEqual({ ...first, cached: false });
  await db.query(`update plan set checked_at = now() - interval '24 hours 1 second'`);
  expect(await ask()).toEqual({ ...first, cached: false });
  const { rows } = await db.query(
    `select from plan where checked_at > now() - interval '1 minute'`,
  );
  expect(rows).toHaveLength(1);
  await shop.query('create index on item (name)');
  expect(await ask()).toEqual({ ...first, cached: false });
  expect(await ask()).toEqual({ ...first, cached: true });
  expect(await plans()).toBe(1);
  await shop.query('alter table item drop constraint item_pkey');
  const scan = await ask();
  expect(scan).toMatchObject({ status: 'ok', cached: false });
  expect(scan.plan_id).not.toBe(first.plan_id);
  await shop.query('alter table item add primary key (id)');
  await ask();
  // The old shape come back is a change of its own.
  expect(await plans()).toBe(3);
});

test('with the inventory, a finding names the index that cannot be used', async () => {
  await shop.query(`create table place (id int primary key, country int, town int);
    insert into place select n, n % 5, n from generate_series(1, 20000) n;
    create index place_country_town on place (country, town);
    analyze place; grant select on place to explainer`);
  const login = {
    ...{ host: '127.0.0.1', port: server.port, database: 'shop', user: server.superuser },
    ...{ password: server.password, tls: 'off' as const },
  };
  const session = await openSession(login, 'yagura test');
  const inventory = await readInventory(session, new Map()).finally(() => session.close());
  await db.query(
    `insert into inventory (instance_id, database, at, body) values (1, 'shop', now(), $1)`,
    [JSON.stringify(inventory)],
  );
  await db.query(`
    insert into statement (id, text, kind) values ('s9', 'select id from place where town = $1', 'select');
    insert into statement_key (instance_id, statement_id, userid, dbid, queryid, toplevel, database_name)
      values (1, 's9', '10', '5', '9', true, 'shop')`);
  await shop.query('alter database shop set enable_indexscan = off');
  await shop.query('alter database shop set enable_bitmapscan = off');
  const made = (await handler({
    ...{ id: randomUUID(), sealed: null },
    payload: { instance_id: 1, statement_id: 's9' },
  })) as { plan_id?: string };
  await shop.query('alter database shop reset all');
  const { rows } = await db.query<{ findings: { kind: string; says: { en: string } }[] }>(
    'select findings from plan where id = $1',
    [made.plan_id],
  );
  await db.query(
    `delete from statement_key where statement_id = 's9'; delete from statement where id = 's9'`,
  );
  await db.query('delete from inventory');
  expect(rows[0]?.findings).toEqual([
    expect.objectContaining({
      kind: 'index_leading_column',
      says: expect.objectContaining({ en: expect.stringContaining('place_country_town') }),
    }),
  ]);
});

test('the dearest statements of the last hour are planned without being asked for, one that is refused not again', async () => {
  await db.query(`delete from planned;
    insert into lease values (1, 'this', 7, now() + interval '1 hour') on conflict do nothing;
    insert into statement (id, text, kind) values ('s2', 'delete from nowhere where id = $1', 'delete'), ('s3', 'vacuum', 'utility:vacuum')
      on conflict do nothing;
    insert into statement_key (instance_id, statement_id, userid, dbid, queryid, toplevel, database_name)
      values (1, 's2', '10', '5', '2', true, 'shop'), (1, 's3', '10', '5', '3', true, 'shop') on conflict do nothing`);
  const now = Math.floor(Date.now() / 1000) * 1000;
  const { rows: keys } = await db.query<{ id: number }>(
    'select id from statement_key order by statement_id',
  );
  const none = {
    planMs: null,
    readMs: null,
    writeMs: null,
    walBytes: null,
    jitMs: null,
    rows: 0,
    sumSqMs: 0,
  };
  const blocks = {
    blocksHit: 0,
    blocksRead: 0,
    blocksDirtied: 0,
    blocksWritten: 0,
    tempBlocksRead: 0,
    tempBlocksWritten: 0,
  };
  const deltas = keys.map(({ id }, n) => ({
    keyId: id,
    calls: 1,
    totalMs: 10 + n,
    ...none,
    ...blocks,
  }));
  await appendStatements(
    db,
    { instanceId: 1, fence: 7n },
    {
      ...{ fromAt: now - 10_000, toAt: now, partial: null, deltas, hidden: null, evictions: null },
    },
  );
  const begin = planOnSchedule({
    db,
    rootKey,
    explainers,
    applicationName: 'yagura test',
    log: () => undefined,
    firstMs: 0,
    everyMs: 0,
  });
  const instance = await readWatchedInstance(db, 1);
  if (!instance) throw new Error('no instance');
  const planning = begin(instance, { instanceId: 1, fence: 7n });
  const planned = async () =>
    (
      await db.query<{ statement_id: string; status: string }>(
        'select statement_id, status from planned order by at',
      )
    ).rows;
  for (const until = Date.now() + 15_000; Date.now() < until && (await planned()).length < 2; )
    await sleep(50);
  await sleep(1500);
  await planning.stop();
  expect(await planned()).toMatchObject([
    { statement_id: 's2', status: expect.stringMatching(/refused|unavailable|error/) },
    { statement_id: 's1', status: 'ok' },
  ]);
  expect(await plans()).toBe(1);
});

test('the eleventh plan within a minute is refused, whatever the cache holds', async () => {
  const answers = [];
  for (let n = 0; n < 11; n++) answers.push(await ask(n % 2 === 0));
  expect(answers.slice(0, 10).every(({ status }) => status === 'ok')).toBe(true);
  expect(answers[10]).toMatchObject({ status: 'refused', code: 'rate' });
});

test('two collectors do not plan on an instance at once', async () => {
  // The login may connect once: the second of two at a time would be turned away.
  await db.query('alter role explainer connection limit 1');
  const handlers = [
    handler,
    explainJob({ db, rootKey, explainers, applicationName: 'yagura test two' }),
  ];
  const job = {
    id: randomUUID(),
    sealed: null,
    payload: { instance_id: 1, statement_id: 's1', fresh: true },
  };
  for (let round = 0; round < 3; round++)
    expect(await Promise.all(handlers.map((each) => each(job)))).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
    ]);
  await db.query('alter role explainer connection limit -1');
});

test('plans asked for at once are made one after another', async () => {
  // The login may connect once: two at a time would fail. The count says it too.
  await db.query('alter role explainer connection limit 1');
  let now = 0;
  let most = 0;
  const serving = serveJobs({
    db,
    url: server.url(),
    collectorId: 'test',
    handlers: {
      explain: async (job) => {
        most = Math.max(most, ++now);
        const answer = await handler(job);
        now--;
        return answer;
      },
    },
    onInstances: () => undefined,
    log: () => undefined,
  });
  const payload = JSON.stringify({ instance_id: 1, statement_id: 's1', fresh: true });
  await db.query(
    `insert into job (id, kind, payload, expires_at)
     select gen_random_uuid(), 'explain', $1::jsonb, now() + interval '20 s' from generate_series(1, 5)`,
    [payload],
  );
  await db.query('notify yagura_job');
  const done = async () =>
    (await db.query<{ result: { status: string } }>(`select result from job where state = 'done'`))
      .rows;
  for (const until = Date.now() + 15_000; Date.now() < until && (await done()).length < 5; )
    await sleep(50);
  await serving.stop();
  expect((await done()).map(({ result }) => result.status)).toEqual(Array(5).fill('ok'));
  expect(most).toBe(1);
  await db.query('alter role explainer connection limit -1');
});
