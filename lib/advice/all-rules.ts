/** Every rule over what exists in a database. A new rule is one line here. */
import type { AdviceItem } from '@/lib/contract/advice';
import { bloatedIndexes } from './bloated-index';
import { duplicateIndexes } from './duplicate-index';
import { foreignKeysWithoutIndex } from './foreign-key-index';
import { dropsIndex } from './index-sql';
import { invalidIndexes } from './invalid-index';
import { unusedIndexes } from './unused-index';
import type { DatabaseView, NotSaid, Rule, Said, WatchedDatabase } from './view';

const rules: readonly Rule[] = [
  invalidIndexes,
  unusedIndexes,
  duplicateIndexes,
  bloatedIndexes,
  foreignKeysWithoutIndex,
];

/**
 * All that the rules say of one database. Each rule sees it as it is after the indexes that rules before it drop
 * are gone, so that following all of the advice never removes two indexes of which one is needed.
 */
export function adviseOnIndexes(view: DatabaseView): Said {
  const advice: AdviceItem[] = [];
  const not_said: NotSaid[] = [];
  let rest = view;
  for (const rule of rules) {
    const said = rule(rest);
    advice.push(...said.advice);
    not_said.push(...said.not_said);
    const dropped = said.advice.filter(({ sql }) => dropsIndex(sql));
    if (dropped.length > 0)
      rest = without(rest, new Set(dropped.map(({ table, index }) => `${table} ${index}`)));
  }
  return { advice, not_said };
}

function without(view: DatabaseView, dropped: ReadonlySet<string>): DatabaseView {
  const strip = (one: WatchedDatabase): WatchedDatabase => ({
    ...one,
    inventory: one.inventory && {
      ...one.inventory,
      tables: one.inventory.tables.map((table) => ({
        ...table,
        indexes: table.indexes.filter(
          ({ name }) => !dropped.has(`${table.schema}.${table.name} ${name}`),
        ),
      })),
    },
  });
  return {
    ...view,
    primary: view.primary && strip(view.primary),
    replicas: view.replicas.map(strip),
  };
}
