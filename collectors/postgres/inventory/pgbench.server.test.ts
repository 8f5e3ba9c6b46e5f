/** Advice about a schema that is as it should be: pgbench's own, made by pgbench itself, with and without foreign keys. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adviseOnIndexes } from '@/lib/advice/all-rules';
import { missingIndexes } from '@/lib/advice/missing-index';
import type { Inventory } from '@/lib/inventory/inventory';
import { describeStatement } from '@/lib/statement/describe-statement';
import { usesOf } from '@/lib/storage/statement-uses';
import { debianBinaries, startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import type { RunningPostgres } from '@/scripts/servers/embedded';
import { openSession, type Session } from '../session/session';
import { type WatchedServer, watched } from '../tables/watched-server';
import { addStatistics, readInventory } from './read-inventory';

const whyNot = await whyNoDebian();
const run = promisify(execFile);
const day = 86_400_000;

/** What pgbench runs, as pg_stat_statements shows it. */
const statements = [
  'UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2',
  'SELECT abalance FROM pgbench_accounts WHERE aid = $1',
  'UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2',
  'UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2',
  'INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)',
];

let running: RunningPostgres;
let server: WatchedServer;
let session: Session;

beforeAll(async () => {
  if (whyNot) return;
  running = await startDebianPostgres();
  server = await watched(running);
  await server.admin.query('grant pg_read_all_data to watcher');
  session = await openSession(
    {
      host: '127.0.0.1',
      port: running.port,
      database: 'postgres',
      user: 'watcher',
      password: 'secret-for-tests',
      tls: 'off',
    },
    'yagura/test',
  );
});
afterAll(async () => {
  await session?.close();
  await server?.stop();
});

async function pgbench(...args: string[]) {
  const { bin, env } = await debianBinaries();
  await run(path.join(bin, 'pgbench'), [...args, running.url()], {
    env: { ...process.env, ...env },
  });
}

/** As it would be after a month: scans counted since then, and read with the statistics of columns. */
async function inventoryAfterAMonth(): Promise<Inventory> {
  const inventory = await readInventory(session, new Map());
  await addStatistics(session, inventory.tables);
  return { ...inventory, counted_since: Date.now() - 30 * day };
}

test.skipIf(whyNot !== null).each([
  ['plain', []],
  ['with foreign keys', ['--foreign-keys']],
])('nothing false is said of its tables, %s', async (_, more) => {
  await pgbench('-i', '-q', '-s', '2', ...more);
  await pgbench('-n', '-t', '200', '-c', '2');
  await server.admin.query('analyze');
  const inventory = await inventoryAfterAMonth();
  // The inventory lists them by size, which vacuum may change meanwhile.
  const sizes = inventory.tables.map(({ name, indexes }) => `${name} ${indexes.length}`);
  expect(sizes.toSorted()).toEqual([
    'pgbench_accounts 1',
    'pgbench_branches 1',
    'pgbench_history 0',
    'pgbench_tellers 1',
  ]);
  expect(inventory.tables.find(({ name }) => name === 'pgbench_accounts')?.rows).toBe(200_000);
  const said = adviseOnIndexes({
    database: 'postgres',
    now: Date.now(),
    demo: false,
    primary: { instance: '1', name: 'one', inventory, kept_since: null, once_used: new Set() },
    replicas: [],
    building: new Set(),
    young: new Set(),
    writes: new Map(),
  });
  expect(said).toEqual({ advice: [], not_said: [] });

  const described = await Promise.all(statements.map((text) => describeStatement(text)));
  const uses = await usesOf(inventory, described);
  const measured = described.map(({ id }) => ({
    ...{ id, uses: uses.get(id) ?? [], calls: 1e6, total_ms: 1e7, rows: 1e6, plan: null },
  }));
  expect(measured.filter((one) => one.uses.length > 0).length).toBe(4);
  expect(missingIndexes('1', inventory, measured, 3600, new Map())).toEqual([]);
});
