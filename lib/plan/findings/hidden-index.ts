import type { FindingBody, PlanNode } from '@/lib/contract';
import type { InventoryTable } from '@/lib/inventory/inventory';
import { type Compared, comparedColumns } from './conditions';
import { finding, labels, type PlanView, relationSql } from './finding';

type Say = (path: string) => FindingBody;

/** Why an index that could serve a scan's condition does not: null when none is seen. */
export function hiddenIndex(plan: PlanView, node: PlanNode): Say | null {
  const table = plan.table(node.relation);
  const compared = comparedColumns(node);
  for (const one of compared) {
    const said = one.wrapped
      ? inFunction(node, table, one)
      : one.cast
        ? inCast(node, table, one)
        : null;
    if (said) return said;
  }
  return table ? leadingColumn(node, table, compared) : null;
}

const plainIndexes = (table: InventoryTable) =>
  table.indexes.filter((one) => one.valid && one.predicate === null && one.method === 'btree');
const ledBy = (table: InventoryTable | null, column: string) =>
  table ? (plainIndexes(table).find((one) => one.columns[0] === column) ?? null) : null;

function inFunction(node: PlanNode, table: InventoryTable | null, one: Compared): Say | null {
  if (table && !table.columns.some(({ name }) => name === one.column)) return null;
  const index = ledBy(table, one.column);
  const call = one.call ?? '';
  const date = /^(date_trunc|date|to_char|extract|date_part)$/.test(one.wrapped ?? '');
  const fix = {
    en: date
      ? `Compare ${one.column} itself with a range (>= … and < …).`
      : 'Compare the column itself, or index the expression.',
    ja: date
      ? `${one.column} 自体を範囲(>= … かつ < …)で比較してください。`
      : '列自体を比較するか、式にインデックスを作ってください。',
  };
  return (path) =>
    finding(
      path,
      'index_hidden_by_function',
      'warning',
      {
        en: `${index ? `Index ${index.name} on ${one.column} is not used` : `No ordinary index on ${one.column} can be used`}: the condition compares ${call}, not the column. ${fix.en}`,
        ja: `${index ? `${one.column} のインデックス ${index.name} は使われません` : `${one.column} の通常のインデックスは使えません`}。条件が列ではなく ${call} を比較しているためです。${fix.ja}`,
      },
      {
        evidence: [
          [labels.condition, call],
          ...(index ? [[labels.index, index.name] as never] : []),
        ],
        ...(node.relation !== null &&
          one.wrapped !== null &&
          /^(lower|upper|abs|btrim|md5)$/.test(one.wrapped) && {
            sql: `CREATE INDEX CONCURRENTLY ON ${relationSql(node.relation)} (${one.wrapped}(${relationSql(one.column)}));`,
          }),
      },
    );
}

/** From one of these to text PostgreSQL casts without effect: the index serves. */
const likeText = /^(text|character varying|varchar|name|bpchar|character|citext)\b/;

function inCast(_node: PlanNode, table: InventoryTable | null, one: Compared): Say | null {
  const column = table?.columns.find(({ name }) => name === one.column);
  const harmless = likeText.test(one.cast ?? '') && (!column || likeText.test(column.type));
  if (harmless || (table && !column)) return null;
  const index = ledBy(table, one.column);
  return (path) =>
    finding(
      path,
      'index_hidden_by_cast',
      'warning',
      {
        en: `${index ? `Index ${index.name} on ${one.column} is not used` : `No ordinary index on ${one.column} can be used`}: the column${column ? ` (${column.type})` : ''} is cast to ${one.cast} for the comparison. Give the value in the column's own type.`,
        ja: `${index ? `${one.column} のインデックス ${index.name} は使われません` : `${one.column} の通常のインデックスは使えません`}。比較のために列${column ? `(${column.type})` : ''}が ${one.cast} に変換されています。値を列の型で渡してください。`,
      },
      {
        evidence: [
          [labels.condition, `${one.column}::${one.cast}`],
          ...(index ? [[labels.index, index.name] as never] : []),
        ],
      },
    );
}

/** The columns of the condition are in an index, but not its first. */
function leadingColumn(node: PlanNode, table: InventoryTable, compared: Compared[]): Say | null {
  const plain = compared.filter((one) => !one.wrapped && !one.cast && one.operator !== '<>');
  const columns = new Set(plain.map(({ column }) => column));
  const index = plainIndexes(table).find((one) => {
    const first = one.columns[0];
    return (
      typeof first === 'string' &&
      !columns.has(first) &&
      one.columns.slice(1).some((column) => column !== null && columns.has(column))
    );
  });
  const led = plainIndexes(table).some(
    ({ columns: [first] }) => first != null && columns.has(first),
  );
  if (!index || led) return null;
  const later = index.columns.find((column) => column !== null && columns.has(column)) as string;
  return (path) =>
    finding(
      path,
      'index_leading_column',
      'warning',
      {
        en: `Index ${index.name} has ${later}, but begins with ${index.columns[0]}, which the condition does not name: an index is searched from its first column on. An index that begins with ${later} would serve.`,
        ja: `インデックス ${index.name} には ${later} がありますが、先頭は条件にない ${index.columns[0]} です。インデックスは先頭の列から検索されます。${later} で始まるインデックスなら使えます。`,
      },
      {
        evidence: [
          [labels.index, `${index.name} (${index.columns.map((one) => one ?? '…').join(', ')})`],
        ],
        ...(node.relation !== null && {
          sql: `CREATE INDEX CONCURRENTLY ON ${relationSql(node.relation)} (${relationSql(later)});`,
        }),
      },
    );
}
