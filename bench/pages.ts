/**
 * What pages ask for, with 5,000 statements and 2,000 tables on one server: the read functions behind the calls (the API
 * adds its parsing and JSON). On embedded PostgreSQL.
 */
import type { Pool } from 'pg';
import type { Inventory, InventoryTable } from '@/lib/inventory/inventory';
import { appendLoad } from '@/lib/storage/append-load';
import { registerStatements } from '@/lib/storage/append-statements';
import { compareStatements } from '@/lib/storage/compare-statements';
import { describeStatement, describeStatements } from '@/lib/storage/describe-statements';
import { migrate } from '@/lib/storage/migrate';
import { ensurePartitions, hourMs } from '@/lib/storage/partitions';
import { openPool } from '@/lib/storage/pool';
import { readAdvice } from '@/lib/storage/read-advice';
import { readLoad } from '@/lib/storage/read-load';
import { readTables } from '@/lib/storage/read-tables';
import { readTagGroups } from '@/lib/storage/read-tag-groups';
import { statementCounterNames as names } from '@/lib/storage/statement-counters';
import { fineMs } from '@/lib/storage/sum-statements';
import { writeInventory } from '@/lib/storage/write-inventory';
import { startPostgres } from '@/scripts/servers/embedded';
import { addInstances, seeded } from './fill';

const statements = 5_000;
const tables = 2_000;
/** In each reading: a thousand that always run, and every 16th of the others. */
const hot = 1_000;
const minute = 60_000;
const rounds = process.argv.includes('--quick') ? 10 : 30;

const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
try {
  await migrate(server.url());
  const db = openPool(server.url(), 8); // As the web process has.
  db.options.statement_timeout = 600_000;
  const [lease] = await addInstances(db, 1);
  if (!lease) throw new Error('no instance');
  const now = Math.floor(Date.now() / minute) * minute;
  await fillStatements(db, lease.instanceId, now);
  await fillLoad(db, now);
  await writeInventory(db, lease, inventory(now));
  await db.query('vacuum analyze');
  const window = { instanceIds: [lease.instanceId], from: now - 24 * hourMs, to: now };
  const hour = { ...window, from: now - hourMs };
  const ranking = { sort: 'total_ms' as const, limit: 50 };
  console.log(`pages: ${statements} statements, ${tables} tables, windows of 24 h unless said`);
  console.table({
    'ranking of 50': await percentiles(() => describeStatements(db, { ...window, ...ranking })),
    'ranking of 500': await percentiles(() =>
      describeStatements(db, { ...window, ...ranking, limit: 500 }),
    ),
    'ranking of 50, 1 h': await percentiles(() => describeStatements(db, { ...hour, ...ranking })),
    'ranking of 50, searched': await percentiles(() =>
      describeStatements(db, { ...window, ...ranking, search: 'number 77' }),
    ),
    'grouped by a tag': await percentiles(() =>
      readTagGroups(db, { ...window, name: 'route', limit: 50 }),
    ),
    'one statement': await percentiles(() =>
      describeStatement(db, { ...window, id: 'statement 7', points: 120 }),
    ),
    'compared, 1 h': await percentiles(() => compareStatements(db, { ...hour, limit: 100 })),
    'compared, 12 h': await percentiles(() =>
      compareStatements(db, { ...window, from: now - 12 * hourMs, limit: 100 }),
    ),
    'load by statement': await percentiles(() =>
      readLoad(db, { ...window, points: 180, by: 'statement', top: 10, filter: {} }),
    ),
    'advice, 1 h': await percentiles(() =>
      readAdvice(db, { cluster: '1', from: hour.from, to: hour.to }),
    ),
    'tables by size': await percentiles(() =>
      readTables(db, { ...hour, sort: 'size', limit: 100, kind: 'all' }),
    ),
  });
  await db.end();
} finally {
  await server.stop();
}

/** As the store keeps them: sums of the hours before, a row per minute, and each reading of the last quarter of an hour. */
async function fillStatements(db: Pool, instanceId: number, now: number) {
  await registerStatements(
    db,
    instanceId,
    Array.from({ length: statements }, (_, n) => ({
      ...{ userid: '10', dbid: '5', queryid: `${n}`, toplevel: true },
      ...{ userName: `user ${n % 7}`, databaseName: 'shop' },
      statement: {
        id: `statement ${n}`,
        text: `select a, b /* number ${n} */ from shop.t${n % tables} where ref = $1 and c${n % 9} > $2`,
        kind: 'select',
        tables: [`shop.t${n % tables}`],
        tags: { route: `/route/${n % 300}` },
      },
    })),
  );
  const start = now - 25 * hourMs;
  const moments = Array.from({ length: 26 }, (_, n) => start + n * hourMs);
  await ensurePartitions(db, db, 'statement_reading', moments);
  const counters = names.map(
    (name) => `array_agg(round((random() * 100)::numeric, 2)::float8) as ${name}`,
  );
  const fill = (from: number, to: number, stepMs: number) =>
    db.query(
      `insert into statement_reading (instance_id, from_at, to_at, key_ids, ${names.join(', ')})
       select $1, at - $4 * interval '1 ms', at, key_ids, ${names.join(', ')}
       from generate_series($2::timestamptz + $4 * interval '1 ms', $3::timestamptz, $4 * interval '1 ms') at
       cross join lateral (
         select array_agg(id) as key_ids, ${counters.join(', ')}
         from statement_key where id <= ${hot} or (id + extract(epoch from at)::int / 10) % 16 = 0) filled`,
      [instanceId, new Date(from), new Date(to), stepMs],
    );
  const fine = now - fineMs;
  const lastHour = Math.floor(fine / hourMs) * hourMs;
  const firstHour = Math.ceil(start / hourMs) * hourMs;
  await fill(start, firstHour, minute);
  await ensurePartitions(db, db, 'statement_hour', moments);
  await db.query(
    `insert into statement_hour (instance_id, from_at, to_at, key_ids, ${names.join(', ')})
     select $1, at - interval '1 hour', at, key_ids, ${names.join(', ')}
     from generate_series($2::timestamptz + interval '1 hour', $3::timestamptz, '1 hour') at
     cross join lateral (select array_agg(id) as key_ids, ${counters.join(', ')} from statement_key) filled`,
    [instanceId, new Date(firstHour), new Date(lastHour)],
  );
  await db.query(
    `insert into compacted (tier, at) select 'statement_hour', at from generate_series($1::timestamptz, $2::timestamptz - interval '1 hour', '1 hour') at`,
    [new Date(firstHour), new Date(lastHour)],
  );
  await fill(lastHour, fine, minute);
  await fill(fine, now, 10_000);
}

/** Thirty kinds of active sessions in each minute of a day. */
async function fillLoad(db: Pool, now: number) {
  const random = seeded(7);
  for (let at = now - 24 * hourMs + minute; at <= now; at += minute)
    await appendLoad(
      db,
      { instanceId: 1, fence: 1n },
      {
        ...{ fromAt: at - minute, toAt: at, samples: 60 },
        rows: Array.from({ length: 30 }, (_, n) => ({
          ...{ state: 'active' as const, wait: ['CPU', 'IO', 'Lock'][n % 3] ?? 'CPU', event: null },
          ...{
            user: `user ${n % 7}`,
            database: 'shop',
            application: `app ${n % 5}`,
            blocker: null,
          },
          statement: `10/5/${Math.floor(random() * 400)}/t`,
          sessions: Math.ceil(random() * 20),
        })),
      },
      {},
    );
}

function inventory(now: number): Inventory {
  const column = (name: string) => ({
    ...{ name, type: 'bigint', not_null: true, n_distinct: -0.5, null_share: 0 },
    ...{ average_width: 8, correlation: 0.1 },
  });
  const index = (table: string, name: string, columns: string[], primary: boolean) => ({
    ...{
      name: `${table}_${name}`,
      oid: `${table}${name}`,
      method: 'btree',
      columns,
      keys: columns,
    },
    ...{ included: [], predicate: null, unique: primary, primary, replica_identity: false },
    ...{ constraint: primary ? `${table}_${name}` : null, valid: true, ready: true },
    ...{ bytes: 4_000_000, scans: 500, last_scan: null },
    definition: `CREATE INDEX ${table}_${name} ON shop.${table} USING btree (${columns.join(', ')})`,
  });
  return {
    ...{ database: 'shop', at: now, role: 'primary', counted_since: now - 30 * 86_400_000 },
    ...{ hypopg: false, left_out: 0 },
    tables: Array.from({ length: tables }, (_, n): InventoryTable => {
      const name = `t${n}`;
      return {
        ...{ schema: 'shop', name, oid: name, kind: 'table', parent: null, partition_key: null },
        ...{ partition_bound: null, rows: 100_000 + n, table_bytes: 50_000_000 + n * 1000 },
        ...{ index_bytes: 8_000_000, seq_scans: 10, seq_rows: 100, index_scans: 1000, inserted: 5 },
        ...{ updated: 5, deleted: 5, live_rows: 100_000, dead_rows: 10, last_analyze: now },
        columns: ['id', 'ref', 'a', 'b', 'c0', 'c1', 'c2'].map(column),
        indexes: [index(name, 'pkey', ['id'], true), index(name, 'a', ['a', 'b'], false)],
        foreign_keys: [],
      };
    }),
  };
}

async function percentiles(read: () => Promise<unknown>) {
  for (let n = 0; n < 3; n++) await read();
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const before = performance.now();
    await read();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.ceil(rounds * share) - 1] ?? 0) * 10) / 10;
  return { 'p50 ms': at(0.5), 'p95 ms': at(0.95) };
}
