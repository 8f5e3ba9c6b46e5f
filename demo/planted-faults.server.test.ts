/** Each fault that the demo has on purpose is named by the advice, as it is; a sound schema under load is left alone. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdviceItem } from '@/lib/contract/advice';
import { type PublicKey, publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readAdvice } from '@/lib/storage/read-advice';
import { debianBinaries, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { clientsOf, connected, type Fleet, startFleet } from './fleet';
import { registerDemo, shopCluster } from './register';
import { runWorkload } from './workload';

const rootKey = randomBytes(32).toString('base64url');

/** A store with a collector that watches what the store lists. */
async function watching(register: (db: pg.Pool, publicKey: PublicKey) => Promise<void>) {
  const store = await startPostgres();
  await migrate(store.url());
  const db = openPool(store.url(), 3);
  await register(db, await publishPublicKey(db, rootKey));
  const collector: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', 'collectors/main.ts'],
    {
      env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
      stdio: process.env.SHOW ? 'inherit' : 'ignore',
    },
  );
  const began = Date.now();
  return {
    db,
    /** What is said of the time since it began. */
    said: () => readAdvice(db, { cluster: '1', from: began, to: Date.now() }),
    async stop() {
      collector.kill('SIGTERM');
      await db.end();
      await store.stop();
    },
  };
}

/** As if the use of indexes had been counted for longer than it was. */
async function countedFor(db: pg.Pool, ms: number) {
  const { rowCount } = await db.query(
    `update inventory set body = jsonb_set(body::jsonb, '{counted_since}', to_jsonb($1::float8)) where body is not null`,
    [Date.now() - ms],
  );
  return rowCount;
}

const show = (advice: readonly AdviceItem[]) => {
  if (process.env.SHOW)
    for (const { kind, severity, title, evidence, sql } of advice)
      console.log(kind, severity, title.en, JSON.stringify(evidence.map((e) => e.value)), sql);
};

describe('the demo', () => {
  const passwords = { app: 'for-tests-1', monitor: 'for-tests-2', explain: 'for-tests-3' };
  const stopping = new AbortController();
  let fleet: Fleet;
  let workload: Promise<void>;
  let watch: Awaited<ReturnType<typeof watching>>;
  let advice: AdviceItem[] = [];
  const texts = new Map<string, string>();

  beforeAll(async () => {
    fleet = await startFleet(passwords);
    workload = runWorkload(clientsOf(fleet, passwords), stopping.signal, () => {}, 6);
    watch = await watching((db) =>
      registerDemo(db, shopCluster, [fleet.primary, fleet.standby], passwords),
    );
    // A snapshot held for two minutes is what takes longest to be one.
    for (const deadline = Date.now() + 220_000; Date.now() < deadline; await sleep(5000)) {
      advice = (await watch.said()).advice;
      if (advice.some(({ kind }) => kind === 'vacuum_held_back')) break;
    }
    expect(await countedFor(watch.db, 3_600_000)).toBe(2);
    advice = (await watch.said()).advice;
    show(advice);
    const { rows } = await watch.db.query<{ id: string; text: string }>(
      'select id, text from statement',
    );
    for (const { id, text } of rows) texts.set(id, text);
  }, 400_000);
  afterAll(async () => {
    stopping.abort();
    await watch?.stop();
    await workload;
    await fleet?.standby.stop();
    await fleet?.primary.stop();
  });

  const of = (kind: AdviceItem['kind']) => advice.filter((item) => item.kind === kind);
  const textsOf = (item: AdviceItem) => item.statements.map((id) => texts.get(id) ?? '?');
  const about = (kind: AdviceItem['kind'], text: RegExp) =>
    of(kind).filter((item) => textsOf(item).some((one) => text.test(one)));

  test('the index that two teams made, once', () => {
    expect(of('duplicate_index').map(({ table }) => table)).toEqual(['shop.customer']);
    expect(of('duplicate_index')[0]?.index).toMatch(/^customer_created_at(_newest)?$/);
  });

  test('the index nobody uses, and since when that is known', () => {
    expect(of('unused_index').map(({ index }) => index)).toEqual(['orders_status']);
    expect(of('unused_index')[0]?.says.en).toMatch(/for 1 h 0 min.*On the demo 15 minutes/);
  });

  test.each(['shop.orders (customer_id', 'shop.order_item (product_id'])(
    'the index that is missing: %s',
    (columns) => {
      const made = of('missing_index').map(({ sql }) => sql ?? '');
      expect(made.filter((sql) => sql.includes(` ON ${columns}`)).length).toBe(1);
    },
  );

  test.each([
    [
      'the orders of a customer',
      'order_item where order_id',
      'orders where customer_id',
      'primary',
    ],
    ['the last orders, their lines', 'order_item where order_id', 'order by created_at', 'standby'],
    ['the last orders, their customers', 'customer where id', 'order by created_at', 'standby'],
  ])('N+1: %s', (_, child, parent, on) => {
    const instance = on === 'primary' ? '1' : '2';
    const found = of('n_plus_one').filter((item) => {
      const [first, second] = textsOf(item);
      return item.instance === instance && first?.includes(child) && second?.includes(parent);
    });
    expect(found.length).toBe(1);
  });
  test('and no other N+1', () => {
    expect(of('n_plus_one').length).toBe(3);
  });

  test('the search that begins with a wildcard', () => {
    expect(of('leading_wildcard').flatMap(textsOf)).toEqual([
      expect.stringMatching(/description ilike \$1/),
    ]);
  });

  test('the batch that writes every row again', () => {
    expect(of('missing_where').flatMap(textsOf)).toEqual([
      expect.stringMatching(/^update shop.product/),
    ]);
  });

  test('the report that spills', () => {
    expect(about('spill', /date_trunc/).length).toBe(1);
  });

  test('the products that the report joins and shows nothing of', () => {
    const [item] = about('needless_join', /date_trunc/);
    expect(item?.title.en).toBe('Joined and not used: shop.product p');
  });

  test('the estimate that two columns mislead, with the statistics that mend it', () => {
    const [item] = about('bad_estimate', /area_code/);
    expect(item?.sql).toMatch(
      /CREATE STATISTICS .* ON (city, area_code|area_code, city) FROM shop.customer;/,
    );
  });

  test('the locks that checkout waits for, and who left the transaction open', () => {
    expect(about('lock_wait', /update shop.stock/).length).toBe(1);
    const evidence = of('idle_in_transaction').flatMap((item) =>
      item.evidence.map(({ value }) => value),
    );
    expect(evidence.join()).toContain('admin-console');
  });

  test('the export that holds vacuum back', () => {
    const held = of('vacuum_held_back');
    expect(held.map(({ instance }) => instance)).toEqual(['1']);
    expect(held[0]?.evidence[0]?.value).toMatch(/^pid \d+, .*accounting/);
  });

  // The last of these: they change what the faults are.
  test('what is advised runs as it is written', async () => {
    stopping.abort();
    await workload;
    const shop = await connected(fleet.primary.url('shop'));
    const run = advice.flatMap(({ sql }) => sql?.split(/;\s*/).filter((one) => one !== '') ?? []);
    expect(run.length).toBeGreaterThanOrEqual(6);
    for (const one of run) await shop.query(one);
    const { rows } = await shop.query(
      `explain (format json) select from shop.customer where city = 'Oita' and area_code = '097'`,
    );
    expect(rows[0]['QUERY PLAN'][0].Plan['Plan Rows']).toBeGreaterThan(1000);
    await shop.end();
  });
});

const whyNot = await whyNoDebian();

describe.skipIf(whyNot !== null)(`pgbench ${whyNot ?? ''}`, () => {
  let target: RunningPostgres;
  let watch: Awaited<ReturnType<typeof watching>>;
  beforeAll(async () => {
    target = await startPostgres({
      settings: {
        shared_preload_libraries: 'pg_stat_statements',
        max_connections: '30',
        wal_level: 'minimal',
        max_wal_senders: '0',
      },
    });
    const admin = await connected(target.url());
    await admin.query(`create extension pg_stat_statements;
      create role yagura login inherit password 'for-tests' connection limit 3;
      grant pg_monitor, pg_read_all_data to yagura`);
    await admin.end();
    await pgbench('-i', '-q', '-s', '5', '--foreign-keys');
  });
  afterAll(async () => {
    await watch?.stop();
    await target?.stop();
  });

  async function pgbench(...args: string[]) {
    const { bin, env } = await debianBinaries();
    await promisify(execFile)(path.join(bin, 'pgbench'), [...args, target.url()], {
      env: { ...process.env, ...env },
    });
  }

  test('of its schema and its load nothing is said but that its clients wait for each other', async () => {
    await pgbench('-n', '-c', '4', '-t', '50');
    watch = await watching(async (db, publicKey) => {
      await db.query(
        `insert into cluster (name) values ('bench');
         insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
           values ('bench', 1, 'postgres', '127.0.0.1', ${target.port}, 'postgres', 'yagura', 'off', now())`,
      );
      await db.query('update instance set password = $1', [
        seal(publicKey, 'for-tests', { table: 'instance', row: '1', column: 'password' }),
      ]);
    });
    await Promise.all([
      pgbench('-n', '-c', '2', '-T', '45'),
      pgbench('-n', '-S', '-c', '1', '-T', '45', '-R', '200'),
    ]);
    await expect.poll(() => countedFor(watch.db, 30 * 86_400_000), { timeout: 30_000 }).toBe(1);
    const { advice, unavailable } = await watch.said();
    show(advice);
    expect(unavailable).toEqual([]);
    // Its transactions all update one of five branches, and do wait.
    expect(advice.filter(({ kind }) => kind !== 'lock_wait')).toEqual([]);
    const waits = advice.flatMap((item) => item.evidence.map(({ value }) => value));
    if (advice.length > 0) expect(waits.join()).toContain('UPDATE pgbench_');
    const { rows } = await watch.db.query(
      `select sum(c) as calls from statement_reading, unnest(calls) c`,
    );
    expect(Number(rows[0].calls)).toBeGreaterThan(5000);
  });
});
