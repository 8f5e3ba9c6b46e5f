import type { Token } from '@/lib/statement/mysql/sql-tokens';

/** A column's type by its name, as information_schema.columns writes DATA_TYPE. */
export type ColumnTypes = ReadonlyMap<string, string>;
/** By the name of a column that has a unique index of its own: SQL that gives a value it has. */
export type UniqueValues = ReadonlyMap<string, string>;

const lengths =
  /^(char|character|varchar|nchar|binary|varbinary|float|double|bit|time|datetime|timestamp|year)$/;
const decimals = /^(decimal|dec|numeric|fixed)$/;

/**
 * Makes SQL of a digest's text, whose literals the server replaced by `?`, lists by `(...)` and their rest by `...`.
 * Values are made up: of the compared column's type, so that no index is lost to a conversion. The plan is that of an
 * example. How many arguments a list had is not known; where the server then finds the text wrong, there is no plan.
 */
export function fillDigest(
  tokens: readonly Token[],
  types: ColumnTypes,
  unique: UniqueValues = new Map(),
  tables: ReadonlySet<string> = new Set(),
): string {
  const out: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    const { text } = token;
    if (text === '?') {
      const value = uniqueAt(tokens, at, unique) ?? valueAt(tokens, at, types);
      // `?, ...` stands for several.
      const several = tokens[at + 1]?.text === ',' && tokens[at + 2]?.text === '...';
      out.push(several ? `${value}, ${value}` : value);
      if (several) at += 2;
    } else if (text === '...') out.push(valueAt(tokens, at, types));
    else if (text.startsWith('(...)')) out.push(listAt(tokens, at, types));
    else out.push(tableIn(tokens, at, tables) ?? token.raw);
  }
  return joined(out);
}

/** A digest writes a name that is also a word of the grammar in capitals: `FROM ACCOUNT` may be of the table account. */
function tableIn(tokens: readonly Token[], at: number, tables: ReadonlySet<string>): string | null {
  const { kind, text, raw } = tokens[at] as Token;
  const near = /^(from|join|straight_join|,|\.)$/.test(tokens[at - 1]?.text ?? '');
  if (kind !== 'word' || raw === text || tables.has(raw) || !tables.has(text)) return null;
  return near || tokens[at + 1]?.text === '.' ? `\`${text}\`` : null;
}

/** No space before a bracket: `count (*)` is no call; none after `@`. */
const joined = (parts: readonly string[]) =>
  parts.reduce(
    (sql, part) =>
      part.startsWith('(') || /@$/.test(sql) || sql === '' ? sql + part : `${sql} ${part}`,
    '',
  );

/** `id = ?`: of a value that no row has there is no plan, since the server looks the row up while it plans. */
function uniqueAt(tokens: readonly Token[], at: number, unique: UniqueValues): string | null {
  const column = tokens[at - 2];
  if (tokens[at - 1]?.text !== '=' || !column || !/^(name|word)$/.test(column.kind)) return null;
  return unique.get(column.text.toLowerCase()) ?? null;
}

function valueAt(tokens: readonly Token[], at: number, types: ColumnTypes): string {
  const before = (steps: number) => tokens[at - steps]?.text ?? '';
  if (before(1) === '@') return 'made_up';
  if (/^(limit|offset)$/.test(before(1))) return before(1) === 'limit' ? '10' : '0';
  if (before(1) === ',' && /^(limit|offset)$/.test(before(3))) return '10';
  if (/^(interval|by)$/.test(before(1))) return '1';
  if (before(1) === '(' && (lengths.test(before(2)) || decimals.test(before(2)))) return '10';
  if (before(1) === 'date') return `'2024-01-01'`;
  if (/^(timestamp|datetime)$/.test(before(1))) return `'2024-01-01 00:00:00'`;
  if (before(1) === 'time') return `'01:00:00'`;
  if (before(1) === '(' && before(2) === 'in' && before(3) === ')')
    return rowsOf(rowWidth(tokens, at - 3));
  if (before(1) === 'like') return `'a%'`;
  if (/^(regexp|rlike)$/.test(before(1))) return `'a'`;
  const caller = callerOf(tokens, at);
  if (/^json_/.test(caller ?? '') && before(1) === ',') return `'$.a'`;
  if (caller !== null && !/^(in|and|or|where|on|values)$/.test(caller)) return '1';
  return exampleOf(columnBefore(tokens, at, types));
}

/** The function around a place, when its bracket is the nearest one. */
function callerOf(tokens: readonly Token[], at: number): string | null {
  let depth = 0;
  for (let index = at - 1; index >= Math.max(0, at - 60); index -= 1) {
    const { text } = tokens[index] as Token;
    if (text === ')') depth += 1;
    if (text !== '(') continue;
    if (depth === 0) {
      const name = tokens[index - 1];
      return name && /^(word|name)$/.test(name.kind) ? name.text.toLowerCase() : null;
    }
    depth -= 1;
  }
  return null;
}

function listAt(tokens: readonly Token[], at: number, types: ColumnTypes): string {
  const before = tokens[at - 1]?.text ?? '';
  if (decimals.test(before)) return '(10, 2)';
  if (before === '(' && tokens[at - 2]?.text === 'in') {
    return rowsOf(rowWidth(tokens, at - 3));
  }
  if (before !== 'in') return '(1, 1)';
  const value = exampleOf(columnBefore(tokens, at, types));
  return `(${[value, value, value].join(', ')})`;
}

const rowsOf = (width: number): string => {
  const row = `(${new Array(width).fill(`'1'`).join(', ')})`;
  return `${row}, ${row}`;
};

/** How many parts `( a , b )` that ends at a place has. */
function rowWidth(tokens: readonly Token[], end: number): number {
  let depth = 0;
  let width = 1;
  for (let index = end; index >= Math.max(0, end - 200); index -= 1) {
    const text = tokens[index]?.text;
    if (text === ')') depth += 1;
    if (text === '(') depth -= 1;
    if (text === ',' && depth === 1) width += 1;
    if (depth === 0) return width;
  }
  return 1;
}

/** The type of the column that a value is compared with: `t . a = ?`, `a between ? and ?`, `? < a`. */
function columnBefore(tokens: readonly Token[], at: number, types: ColumnTypes): string | null {
  for (let index = at - 1; index >= Math.max(0, at - 5); index -= 1) {
    const { kind, text } = tokens[index] as Token;
    const type = kind === 'name' || kind === 'word' ? types.get(text.toLowerCase()) : undefined;
    if (type !== undefined) return type;
    if (/^(where|on|or|select|having|when)$/.test(text)) break;
    if (text === 'and' && tokens[index - 2]?.text !== 'between') break;
  }
  const next = tokens[at + 2];
  const last = tokens[at + 3]?.text === '.' ? tokens[at + 4] : next;
  return types.get(last?.text.toLowerCase() ?? '') ?? null;
}

function exampleOf(type: string | null): string {
  if (type === null) return `'1'`;
  if (/int|decimal|numeric|float|double|bit|year/.test(type)) return '1';
  if (/^(date|datetime|timestamp)$/.test(type)) return `'2024-01-01'`;
  if (type === 'time') return `'01:00:00'`;
  return `'a'`;
}
