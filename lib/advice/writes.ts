import type { Inventory, InventoryTable } from '@/lib/inventory/inventory';

/** Rows written per second since the statistics began; null on a standby, or when it is not known since when. */
export function writesPerSecond(inventory: Inventory, table: InventoryTable): number | null {
  const since = inventory.counted_since;
  const counts = [table.inserted, table.updated, table.deleted];
  if (since === null || inventory.at <= since || counts.some((one) => one === null)) return null;
  const written = counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return written / ((inventory.at - since) / 1000);
}
