import type { RawNode } from './raw-plan';

const figures =
  /^(?:\(cost=([\d.]+)\.\.([\d.]+) rows=(\d+) width=(\d+)\))?\s*(?:\((?:actual(?: time=([\d.]+)\.\.([\d.]+))? rows=([\d.]+) loops=(\d+)|(never executed))\))?$/;

const longestTitle = 1000;

/** A node's first line, without its arrow, as its parts in FORMAT JSON. */
export function readNodeLine(line: string): RawNode {
  const at = line.search(/\((?:cost=|actual |never executed\))/);
  const found = at < 0 ? null : figures.exec(line.slice(at).slice(0, 300));
  const title = (found ? line.slice(0, at) : line).slice(0, longestTitle).trim();
  const raw: RawNode = readTitle(title);
  if (!found) return raw;
  const [, startup, total, rows, width, first, last, actualRows, loops, never] = found;
  const put = (name: string, value: string | undefined) => {
    if (value !== undefined) raw[name] = Number(value);
  };
  put('Startup Cost', startup);
  put('Total Cost', total);
  put('Plan Rows', rows);
  put('Plan Width', width);
  put('Actual Startup Time', first);
  put('Actual Total Time', last);
  put('Actual Rows', actualRows);
  put('Actual Loops', never ? '0' : loops);
  return raw;
}

const join =
  /^(Hash|Merge|Nested Loop)(?: (Left|Right|Full|Semi|Anti|Right Semi|Right Anti))?(?: Join)?$/;
const aggregate = /^(?:(Partial|Finalize) )?(Hash|Group|Mixed)?Aggregate$/;
const strategies = { Hash: 'Hashed', Group: 'Sorted', Mixed: 'Mixed' } as const;
const setOp = /^(Hash)?SetOp (Intersect|Except)( All)?$/;

function readTitle(title: string): RawNode {
  const raw: RawNode = {};
  let rest = title;
  for (const [prefix, name] of [
    ['Async ', 'Async Capable'],
    ['Parallel ', 'Parallel Aware'],
  ] as const)
    if (rest.startsWith(prefix)) {
      raw[name] = true;
      rest = rest.slice(prefix.length);
    }
  const [, type = rest, index, object] =
    /^(.+?)(?: using ("(?:[^"]|"")*"|\S+))?(?: on (.+))?$/s.exec(rest) ?? [];
  setType(raw, type);
  if (index !== undefined) raw['Index Name'] = unquote(index);
  if (object !== undefined) setObject(raw, object);
  return raw;
}

function setType(raw: RawNode, type: string): void {
  const asJoin = join.exec(type);
  const asAggregate = aggregate.exec(type);
  const asSetOp = setOp.exec(type);
  const foreign = /^Foreign (Insert|Update|Delete)$/.exec(type);
  if (asJoin && (asJoin[1] === 'Nested Loop' || type.endsWith(' Join'))) {
    raw['Node Type'] = asJoin[1] === 'Nested Loop' ? 'Nested Loop' : `${asJoin[1]} Join`;
    raw['Join Type'] = asJoin[2] ?? 'Inner';
  } else if (asAggregate) {
    raw['Node Type'] = 'Aggregate';
    raw.Strategy = asAggregate[2] ? strategies[asAggregate[2] as 'Hash'] : 'Plain';
    if (asAggregate[1]) raw['Partial Mode'] = asAggregate[1];
  } else if (asSetOp) {
    raw['Node Type'] = 'SetOp';
    raw.Strategy = asSetOp[1] ? 'Hashed' : 'Sorted';
    raw.Command = `${asSetOp[2]}${asSetOp[3] ?? ''}`;
  } else if (/^(Insert|Update|Delete|Merge)$/.test(type)) {
    raw['Node Type'] = 'ModifyTable';
    raw.Operation = type;
  } else if (foreign) {
    raw['Node Type'] = 'Foreign Scan';
    raw.Operation = foreign[1];
  } else if (/^Custom Scan \(.*\)$/.test(type)) raw['Node Type'] = 'Custom Scan';
  else if (/ Backward$/.test(type)) {
    raw['Node Type'] = type.slice(0, -' Backward'.length);
    raw['Scan Direction'] = 'Backward';
  } else raw['Node Type'] = type;
}

/** `schema.table alias`, or what else a node stands on. */
function setObject(raw: RawNode, object: string): void {
  const name = '("(?:[^"]|"")*"|[^\\s."]+)';
  const found = new RegExp(`^${name}(?:\\.${name})?(?: (.+))?$`, 's').exec(object);
  const [, first = object, second, alias] = found ?? [];
  const schema = second === undefined ? undefined : unquote(first);
  const own = unquote(second ?? first);
  const type = String(raw['Node Type']);
  if (type === 'Bitmap Index Scan') raw['Index Name'] = own;
  else if (type === 'CTE Scan') raw['CTE Name'] = own;
  else if (type === 'WorkTable Scan') raw['CTE Name'] = own;
  else if (type === 'Function Scan') {
    // Several functions, ROWS FROM, have an alias alone.
    if (alias !== undefined || schema !== undefined) raw['Function Name'] = own;
  } else if (!/^(Subquery|Values|Table Function|Named Tuplestore) Scan$|^Result$/.test(type))
    raw['Relation Name'] = own;
  if (schema !== undefined) raw.Schema = schema;
}

const unquote = (name: string) =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
