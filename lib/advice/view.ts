/** What a rule looks at: a database of a cluster as each of its instances last showed it. */
import type { AdviceItem } from '@/lib/contract/advice';
import type { Inventory, InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';

export type WatchedDatabase = {
  /** Id of the instance, and what people call it. */
  instance: string;
  name: string;
  /** Null: this instance is watched, but its inventory of this database is not known. */
  inventory: Inventory | null;
  /** First day of which the use of its indexes is kept, epoch ms; null when none is. */
  kept_since: number | null;
  /** `schema.index` that was scanned on a kept day, although the server counts none now: its count began anew. */
  once_used: ReadonlySet<string>;
};

export type DatabaseView = {
  database: string;
  now: number;
  /** Of the demo fleet, which nobody watches for a week: what a real server needs days for is said sooner, and so worded. */
  demo: boolean;
  /** Null when no instance of the cluster is known to be the primary. */
  primary: WatchedDatabase | null;
  replicas: readonly WatchedDatabase[];
  /** `schema.index` being built or rebuilt now, by pg_stat_progress_create_index; null when that is not known. */
  building: ReadonlySet<string> | null;
  /** `schema.index` first seen within the last 7 days: its scans are not counted long enough. */
  young: ReadonlySet<string>;
  /** Rows written per second of late, by table (`schema.name`), where it is measured. */
  writes: ReadonlyMap<string, number>;
};

/** Why something cannot be said, and what would change that. */
export type NotSaid = {
  instance: string;
  database: string | null;
  reason: { en: string; ja: string };
  fix_sql: string | null;
};

export type Said = { advice: AdviceItem[]; not_said: NotSaid[] };

/** One rule: pure, from what is known of a database to what is worth changing. */
export type Rule = (view: DatabaseView) => Said;

/** The instance whose inventory speaks for the schema: the primary, else the first replica that is known. */
export function schemaOf(view: DatabaseView): { instance: string; inventory: Inventory } | null {
  for (const one of view.primary ? [view.primary, ...view.replicas] : view.replicas)
    if (one.inventory) return { instance: one.instance, inventory: one.inventory };
  return null;
}

/** Every index of the tables, with its table. */
export function* indexesOf(
  inventory: Inventory,
): Generator<{ table: InventoryTable; index: InventoryIndex }> {
  for (const table of inventory.tables) for (const index of table.indexes) yield { table, index };
}

/** `schema.index`: an index lives in the schema of its table. In MySQL its name is one of the table's own. */
export const indexName = (table: InventoryTable, index: Pick<InventoryIndex, 'name'>): string =>
  table.engine ? `${table.schema}.${table.name}.${index.name}` : `${table.schema}.${index.name}`;
