import { type Inventory, type InventoryTable, tableName } from '@/lib/inventory/inventory';

/**
 * Rows written per second: on average since the statistics began, else as measured of late. Null when neither is
 * known; a standby does not count them.
 */
export function writesPerSecond(
  inventory: Inventory,
  table: InventoryTable,
  lately: ReadonlyMap<string, number>,
): number | null {
  const since = inventory.counted_since;
  const measured = lately.get(tableName(table)) ?? null;
  const counts = [table.inserted, table.updated, table.deleted];
  if (since === null || inventory.at <= since || counts.some((one) => one === null))
    return measured;
  const written = counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return written / ((inventory.at - since) / 1000);
}
