/** Inventories for tests: only what a case is about is said, the rest is ordinary. */
import type {
  Inventory,
  InventoryColumn,
  InventoryForeignKey,
  InventoryIndex,
  InventoryTable,
} from '@/lib/inventory/inventory';
import type { DatabaseView, WatchedDatabase } from './view';

export const now = Date.UTC(2026, 10, 20);
const day = 86_400_000;

export const column = (name: string, extra: Partial<InventoryColumn> = {}): InventoryColumn => ({
  name,
  type: 'bigint',
  not_null: true,
  n_distinct: null,
  null_share: null,
  average_width: 8,
  correlation: null,
  ...extra,
});

export const index = (
  name: string,
  columns: string[],
  extra: Partial<InventoryIndex> = {},
): InventoryIndex => ({
  name,
  oid: name,
  method: 'btree',
  columns,
  keys: columns,
  included: [],
  predicate: null,
  unique: false,
  primary: false,
  constraint: null,
  replica_identity: false,
  valid: true,
  ready: true,
  bytes: 4 * 1024 * 1024,
  scans: 5,
  last_scan: null,
  definition: `CREATE INDEX ${name} ON shop.orders USING btree (${columns.join(', ')})`,
  ...extra,
});

export const foreignKey = (
  name: string,
  columns: string[],
  references: string,
): InventoryForeignKey => ({ name, columns, references, referenced_columns: ['id'] });

export const table = (name: string, extra: Partial<InventoryTable> = {}): InventoryTable => ({
  schema: 'shop',
  name,
  oid: name,
  kind: 'table',
  parent: null,
  partition_key: null,
  partition_bound: null,
  rows: 200_000,
  table_bytes: 50_000_000,
  index_bytes: 10_000_000,
  seq_scans: 1,
  seq_rows: 1,
  index_scans: 1,
  inserted: 1000,
  updated: 0,
  deleted: 0,
  live_rows: 200_000,
  dead_rows: 0,
  last_analyze: now,
  columns: ['id', 'a', 'b', 'c', 'd'].map((one) => column(one)),
  indexes: [],
  foreign_keys: [],
  ...extra,
});

export const inventory = (tables: InventoryTable[], extra: Partial<Inventory> = {}): Inventory => ({
  database: 'shop',
  at: now,
  role: 'primary',
  counted_since: now - 30 * day,
  hypopg: false,
  tables,
  left_out: 0,
  ...extra,
});

export const watched = (
  instance: string,
  inventory: Inventory | null,
  extra: Partial<WatchedDatabase> = {},
): WatchedDatabase => ({
  instance,
  name: instance,
  inventory,
  kept_since: null,
  once_used: new Set(),
  ...extra,
});

export const view = (
  tables: InventoryTable[],
  extra: Partial<DatabaseView> = {},
): DatabaseView => ({
  database: 'shop',
  now,
  demo: false,
  primary: watched('shop-1', inventory(tables)),
  replicas: [],
  building: new Set(),
  young: new Set(),
  writes: new Map(),
  ...extra,
});
