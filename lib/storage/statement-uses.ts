/** How statements read the tables of an inventory; parsed once for each reading of the inventory. */
import type { FindTable, TableUse } from '@/lib/advice/table-use';
import { type Inventory, type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { loadParser, parsePostgres } from '@/lib/statement/parse-postgres';
import { readPredicates } from '@/lib/statement/read-predicates';

const mostKept = 2000;
/** By inventory, so that what was read of an old one goes with it. */
const kept = new WeakMap<Inventory, { find: FindTable; uses: Map<string, TableUse[]> }>();

/** @param statements id and normalised text; the same id has the same text for ever */
export async function usesOf(
  inventory: Inventory,
  statements: readonly { id: string; text: string }[],
): Promise<Map<string, TableUse[]>> {
  await loadParser();
  const known = kept.get(inventory) ?? { find: finder(inventory), uses: new Map() };
  kept.set(inventory, known);
  const found = new Map<string, TableUse[]>();
  for (const { id, text } of statements) {
    let uses = known.uses.get(id);
    if (!uses) {
      const parsed = parsePostgres(text);
      uses = parsed ? readPredicates(parsed, known.find) : [];
      if (known.uses.size >= mostKept) known.uses.clear();
      known.uses.set(id, uses);
    }
    found.set(id, uses);
  }
  return found;
}

/** A name without schema is a table's only where one schema has it: nobody but the session knows its search path. */
function finder(inventory: Inventory): FindTable {
  const full = new Map<string, InventoryTable>();
  const bare = new Map<string, InventoryTable[]>();
  for (const table of inventory.tables) {
    full.set(tableName(table), table);
    bare.set(table.name, [...(bare.get(table.name) ?? []), table]);
  }
  const answers = new Map<InventoryTable, ReturnType<FindTable>>();
  return (schema, name) => {
    const several = bare.get(name) ?? [];
    const table =
      schema !== null
        ? full.get(`${schema}.${name}`)
        : several.length === 1
          ? several[0]
          : undefined;
    if (!table) return null;
    const answer = answers.get(table) ?? {
      name: tableName(table),
      columns: new Set(table.columns.map((column) => column.name)),
    };
    answers.set(table, answer);
    return answer;
  };
}
