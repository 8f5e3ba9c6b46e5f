import type { FindingBody, PlanNode } from '@/lib/contract';
import type { InventoryTable } from '@/lib/inventory/inventory';
import { type Compared, comparedColumns } from './conditions';
import { addIndexSql, detail, finding, labels, type PlanView, relationSql } from './finding';
import { columnsComparedWithNumbers, mysqlComparedColumns } from './mysql-conditions';

type Say = (path: string) => FindingBody;

/** Why an index that could serve a scan's condition does not: null when none is seen. */
export function hiddenIndex(plan: PlanView, node: PlanNode): Say | null {
  const table = plan.table(node.relation);
  const compared = plan.engine === 'postgres' ? comparedColumns(node) : mysqlComparedColumns(node);
  for (const one of compared) {
    const said = one.wrapped
      ? inFunction(plan, node, table, one)
      : one.cast
        ? inCast(node, table, one)
        : null;
    if (said) return said;
  }
  return (
    (plan.engine === 'postgres' ? null : textComparedWithNumber(node, table)) ??
    (table ? leadingColumn(plan, node, table, compared) : null)
  );
}

const plainIndexes = (table: InventoryTable) =>
  table.indexes.filter((one) => one.valid && one.predicate === null && /^btree$/i.test(one.method));
const ledBy = (table: InventoryTable | null, column: string) =>
  table ? (plainIndexes(table).find((one) => one.columns[0] === column) ?? null) : null;

function inFunction(
  { engine }: PlanView,
  node: PlanNode,
  table: InventoryTable | null,
  one: Compared,
): Say | null {
  if (table && !table.columns.some(({ name }) => name === one.column)) return null;
  const index = ledBy(table, one.column);
  const call = one.call ?? '';
  const date =
    /^(date_trunc|date|to_char|extract|date_part|year|month|to_days|date_format|unix_timestamp)$/.test(
      one.wrapped ?? '',
    );
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
          /^(lower|upper|lcase|ucase|abs|btrim|trim|md5)$/.test(one.wrapped) &&
          // MariaDB has no index on an expression.
          engine !== 'mariadb' && {
            sql: addIndexSql(
              engine,
              node.relation,
              engine === 'postgres'
                ? `${one.wrapped}(${relationSql(one.column)})`
                : `(${one.wrapped}(${relationSql(one.column, engine)}))`,
            ),
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

const textType = /char|text|enum|set/i;

/**
 * MySQL and MariaDB compare a text with a number as numbers, row by row. Seen from the server's own warning, or from
 * the column's type; of a plan alone it cannot be told from a comparison with a number column.
 */
function textComparedWithNumber(node: PlanNode, table: InventoryTable | null): Say | null {
  const warned = detail(node, 'Index not usable');
  const column =
    columnsComparedWithNumbers(node).find((name) =>
      textType.test(table?.columns.find((one) => one.name === name)?.type ?? ''),
    ) ?? /\((.+)\)$/.exec(warned ?? '')?.[1];
  if (column === undefined) return null;
  const index = ledBy(table, column)?.name ?? warned?.replace(/ \(.+\)$/, '') ?? null;
  const numbers = columnsComparedWithNumbers(node).includes(column);
  return (path) =>
    finding(
      path,
      'index_hidden_by_cast',
      'warning',
      {
        en: `${index ? `Index ${index} on ${column} is not used` : `No index on ${column} can be used`}: ${numbers ? 'the text column is compared with a number, so each row’s text is made a number first. Give the value as a string.' : 'the two sides differ in type or collation, so each row is converted first. Give both the same type and collation.'}`,
        ja: `${index ? `${column} のインデックス ${index} は使われません` : `${column} のインデックスは使えません`}。${numbers ? '文字列の列を数値と比較しているため、行ごとに数値へ変換されます。値を文字列で渡してください。' : '両辺の型または照合順序が異なるため、行ごとに変換されます。型と照合順序を揃えてください。'}`,
      },
      {
        evidence: [
          [labels.condition, detail(node, 'Filter') ?? column],
          ...(index ? [[labels.index, index] as never] : []),
        ],
      },
    );
}

/** The columns of the condition are in an index, but not its first. */
function leadingColumn(
  { engine }: PlanView,
  node: PlanNode,
  table: InventoryTable,
  compared: Compared[],
): Say | null {
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
          sql: addIndexSql(engine, node.relation, relationSql(later, engine)),
        }),
      },
    );
}
