import type { PlanNode } from '@/lib/contract';

const words =
  'select|where|on|using|join|left|right|inner|outer|cross|natural|straight_join|group|order|having|limit|union|set|for|force|use|ignore|partition|window|values|from|and|or|as|lateral';
const part = `(?:\`[^\`]{1,64}\`|(?!(?:${words})\\b)[\\p{L}_$][\\w$]{0,63})`;
const named = `(${part}(?:\\s*\\.\\s*${part})?)(?:\\s+(?:as\\s+)?(${part}))?`;
const source = new RegExp(`\\b(?:from|join|straight_join|update|into)\\s+\\(*${named}`, 'giu');
const common = new RegExp(
  `(?:\\bwith(?:\\s+recursive)?|,)\\s+(${part})(?:\\s*\\([^()]*\\))?\\s+as\\s*\\(`,
  'giu',
);
const next = new RegExp(`\\s*,\\s*${named}`, 'iuy');

/**
 * Gives the steps the tables' own names: MySQL's tree and its first JSON, and MariaDB, print the alias alone. An alias
 * that stands for different tables in different parts of the statement stays.
 * @param schema the default schema of the statement; null when it is not known
 */
export function nameTables(root: PlanNode, statement: string, schema: string | null): void {
  const tables = new Map<string, string | null>();
  const add = (table: string | undefined, alias: string | undefined) => {
    // What WITH names is no table.
    if (table === undefined || tables.get(plain(table)) === null) return;
    const name = plain(table);
    const key = (alias !== undefined ? plain(alias) : name.split('.').at(-1)) ?? name;
    tables.set(key, tables.has(key) && tables.get(key) !== name ? null : name);
  };
  const text = statement.slice(0, 100_000);
  for (const [, name = ''] of text.matchAll(common)) tables.set(plain(name), null);
  for (const found of text.matchAll(source)) {
    add(found[1], found[2]);
    // `from a, b`
    let end = found.index + found[0].length;
    for (;;) {
      next.lastIndex = end;
      const more = next.exec(text);
      if (!more) break;
      add(more[1], more[2]);
      end = next.lastIndex;
    }
  }
  const visit = (node: PlanNode) => {
    node.children.forEach(visit);
    const alias = node.relation;
    if (alias === null || alias.startsWith('<') || alias.includes('.')) return;
    const table = tables.get(alias);
    if (!table) return;
    const full = schema !== null && !table.includes('.') ? `${schema}.${table}` : table;
    if (full.split('.').at(-1) !== alias) node.details.push({ name: 'Alias', value: alias });
    node.relation = full;
  };
  visit(root);
}

const plain = (name: string) => name.replace(/\s*\.\s*/, '.').replaceAll('`', '');
