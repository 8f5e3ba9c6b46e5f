/** One busy server in the store: 5,000 statements, 2,000 tables, a day of load. */
import type { Pool } from 'pg';
import type { Inventory, InventoryTable } from '@/lib/inventory/inventory';
import { appendLoad } from '@/lib/storage/append-load';
import type { LeaseFence } from '@/lib/storage/append-readings';
import { registerStatements } from '@/lib/storage/append-statements';
import { ensurePartitions, hourMs } from '@/lib/storage/partitions';
import { statementCounterNames } from '@/lib/storage/statement-counters';
import { fineMs } from '@/lib/storage/sum-statements';
import { writeInventory } from '@/lib/storage/write-inventory';
import { seeded } from './fill';

export const statements = 5_000;
export const tables = 2_000;
/** As the product's own: hexadecimal. */
export const statementId = (n: number) => n.toString(16).padStart(16, '0');
/** In each reading: a thousand that always run, and every 16th of the others. */
const hot = 1_000;
const minute = 60_000;

/** Those PostgreSQL has; what it does not count is empty in the store. */
const names = statementCounterNames.slice(0, statementCounterNames.indexOf('lock_ms'));

/** @returns the moment up to which everything is filled, epoch ms */
export async function fillBig(db: Pool, lease: LeaseFence): Promise<number> {
  const now = Math.floor(Date.now() / minute) * minute;
  await fillStatements(db, lease.instanceId, now);
  await fillLoad(db, lease, now);
  await writeInventory(db, lease, inventory(now));
  await db.query('vacuum analyze');
  return now;
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
        id: statementId(n),
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
async function fillLoad(db: Pool, lease: LeaseFence, now: number) {
  const random = seeded(7);
  for (let at = now - 24 * hourMs + minute; at <= now; at += minute)
    await appendLoad(
      db,
      lease,
      {
        ...{ fromAt: at - minute, toAt: at, samples: 60, waits: ['CPU', 'IO', 'Lock'] },
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
