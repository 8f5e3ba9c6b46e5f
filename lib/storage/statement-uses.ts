/** How statements read the tables of an inventory; parsed once for each reading of the inventory. */
import type { FindTable, TableUse } from '@/lib/advice/table-use';
import { type Inventory, type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { asPostgres } from '@/lib/statement/mysql/as-postgres';
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
  const ofMysql = inventory.tables.some(({ engine }) => engine !== undefined);
  const known = kept.get(inventory) ?? { find: finder(inventory), uses: new Map() };
  kept.set(inventory, known);
  const found = new Map<string, TableUse[]>();
  for (const { id, text } of statements) {
    let uses: TableUse[] | undefined = known.uses.get(id);
    if (!uses) {
      const sql = ofMysql ? asPostgres(text) : text;
      const parsed = sql === null ? null : parsePostgres(sql);
      uses = parsed ? readPredicates(parsed, known.find) : [];
      if (ofMysql) uses = uses.map((use: TableUse) => withOwnNames(use, inventory));
      if (known.uses.size >= mostKept) known.uses.clear();
      known.uses.set(id, uses);
    }
    found.set(id, uses);
  }
  return found;
}

/** A name without schema is a table's only where one schema has it: nobody but the session knows its search path. */
export function tableFinder(
  inventory: Inventory,
): (schema: string | null, name: string) => InventoryTable | null {
  const full = new Map<string, InventoryTable>();
  const bare = new Map<string, InventoryTable[]>();
  for (const table of inventory.tables) {
    const [whole, name] = [tableName(table), table.name].map((one) => asRead(table, one)) as [
      string,
      string,
    ];
    full.set(whole, table);
    bare.set(name, [...(bare.get(name) ?? []), table]);
  }
  return (schema, name) => {
    if (schema !== null) return full.get(`${schema}.${name}`) ?? null;
    const several = bare.get(name) ?? [];
    return several.length === 1 ? (several[0] ?? null) : null;
  };
}

/** MySQL compares names of columns without their case, and its statements are read in lower case. */
const asRead = (table: InventoryTable, name: string) => (table.engine ? name.toLowerCase() : name);

function finder(inventory: Inventory): FindTable {
  const find = tableFinder(inventory);
  const answers = new Map<InventoryTable, ReturnType<FindTable>>();
  return (schema, name) => {
    const table = find(schema, name);
    if (!table) return null;
    const answer = answers.get(table) ?? {
      name: tableName(table),
      columns: new Set(table.columns.map((column) => asRead(table, column.name))),
    };
    answers.set(table, answer);
    return answer;
  };
}

/** Columns as the table has them, of a use that was read in lower case. */
function withOwnNames(use: TableUse, inventory: Inventory): TableUse {
  const table = inventory.tables.find((one) => tableName(one) === use.table);
  const own = new Map(table?.columns.map(({ name }) => [name.toLowerCase(), name]));
  const named = (name: string) => own.get(name) ?? name;
  return {
    ...use,
    equal: use.equal.map(named),
    several: use.several.map(named),
    range: use.range.map(named),
    join: use.join.map(named),
    order: use.order.map((one) => ({ ...one, column: named(one.column) })),
    columns: use.columns?.map(named) ?? null,
    in_the_way: use.in_the_way.map((one) => ({ ...one, column: named(one.column) })),
  };
}
