/** Advice on joins that a statement could do without. */
import { type NeedlessJoin, needlessJoinAdvice, planned } from '@/lib/advice/needless-join';
import { schemaOf } from '@/lib/advice/view';
import type { Inventory } from '@/lib/inventory/inventory';
import { asPostgres } from '@/lib/statement/mysql/as-postgres';
import { loadParser, parsePostgres } from '@/lib/statement/parse-postgres';
import { readNeedlessJoins } from '@/lib/statement/read-needless-joins';
import type { AdviceSource } from './read-advice';
import { tableFinder } from './statement-uses';

/** By inventory, so that what was read of an old one goes with it; the same id has the same text for ever. */
const kept = new WeakMap<Inventory, Map<string, NeedlessJoin[]>>();
const mostKept = 2000;

export const adviceOfJoins: AdviceSource = async ({ views, statements: reading }) => {
  const statements = await reading;
  await loadParser();
  const whole = statements.reduce((sum, { total_ms }) => sum + total_ms, 0);
  const advice = views.flatMap((view) => {
    const known = schemaOf(view);
    if (!known) return [];
    const joinsOf = joinsIn(known.inventory);
    return statements
      .filter(({ database, text }) => database === view.database && /\bjoin\b/i.test(text))
      .flatMap((one) =>
        needlessJoinAdvice(
          {
            ...{ id: one.id, database: one.database, calls: one.calls, total_ms: one.total_ms },
            ...{ instance: known.instance, share: whole > 0 ? one.total_ms / whole : 0 },
          },
          joinsOf(one),
        ),
      );
  });
  return { advice, not_said: [] };
};

function joinsIn(inventory: Inventory) {
  const ofMysql = inventory.tables.some(({ engine }) => engine !== undefined);
  const find = tableFinder(inventory);
  const known = kept.get(inventory) ?? new Map<string, NeedlessJoin[]>();
  kept.set(inventory, known);
  return ({ id, text }: { id: string; text: string }): NeedlessJoin[] => {
    let joins = known.get(id);
    if (!joins) {
      const sql = ofMysql ? asPostgres(text) : text;
      const parsed = sql === null ? null : parsePostgres(sql);
      joins = parsed
        ? readNeedlessJoins(parsed, (schema, name) => {
            const table = find(schema, name);
            // Read in lower case, its columns could not be told from those of others.
            return table?.columns.some((one) => ofMysql && one.name !== one.name.toLowerCase())
              ? null
              : table;
          }).filter((join) => !planned(join, ofMysql))
        : [];
      if (known.size >= mostKept) known.clear();
      known.set(id, joins);
    }
    return joins;
  };
}
