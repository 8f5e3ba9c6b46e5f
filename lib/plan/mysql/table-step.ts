import type { PlanNode } from '@/lib/contract';
import { number, type RawNode, record, records, text } from '../raw-plan';
import { addCondition, addDetail, newActual, newNode, round } from './new-node';

/** EXPLAIN's access types in the words that FORMAT=TREE has for the same step. */
const accessWords: Readonly<Record<string, string>> = {
  ...{ ALL: 'Table scan', index: 'Index scan', range: 'Index range scan', ref: 'Index lookup' },
  ...{ eq_ref: 'Single-row index lookup', const: 'Constant row', system: 'Constant row' },
  ...{ ref_or_null: 'Index lookup or NULL', fulltext: 'Full-text index search' },
  ...{ index_merge: 'Index merge', unique_subquery: 'Single-row index lookup' },
  ...{ index_subquery: 'Index lookup', hash_ALL: 'Table scan', hash_index: 'Index scan' },
  hash_range: 'Index range scan',
};

/** A number of MySQL's first form stands in quotes. */
export const amountOf = (value: unknown): number | null =>
  typeof value === 'string' && /^[\d.]+(?:e[+-]?\d+)?$/i.test(value)
    ? Number(value)
    : number(value);

/**
 * `table` of EXPLAIN FORMAT=JSON: MySQL's first form and MariaDB's, also of ANALYZE FORMAT=JSON.
 * Sources: sql/opt_explain_json.cc (MySQL), sql/sql_explain.cc (MariaDB). MariaDB's times are of all loops together.
 */
export function tableStep(raw: RawNode): PlanNode {
  const message = text(raw.message);
  const access = text(raw.access_type);
  const name = text(raw.table_name);
  if (message !== null && name === null) {
    const known = /optimized away/i.test(message) ? 'Rows fetched before execution' : 'Zero rows';
    const node = newNode(/no tables/i.test(message) ? 'No table' : known);
    node.details.push({ name: 'Message', value: message.slice(0, 300) });
    return node;
  }
  const words = writes(raw) ?? (access === null ? 'Table' : (accessWords[access] ?? access));
  const covering = raw.using_index === true || raw.using_index === 1;
  const node = newNode(
    covering ? `Covering ${words.charAt(0).toLowerCase()}${words.slice(1)}` : words,
    {
      relation: name === null ? null : name.slice(0, 200),
      index: keyOf(raw),
    },
  );
  addRows(node, raw);
  if (access !== null) addDetail(node, 'Access type', access);
  for (const [key, title] of [
    ['attached_condition', 'Filter'],
    ['index_condition', 'Index condition pushed down'],
    ['index_condition_bka', 'Index condition pushed down'],
  ] as const)
    if (raw[key] !== undefined) addCondition(node, title, raw[key]);
  for (const [key, title] of [
    ['ref', 'Compared with'],
    ['used_key_parts', 'Used key parts'],
    ['possible_keys', 'Possible indexes'],
    ['partitions', 'Partitions'],
    ['using_join_buffer', 'Join buffer'],
    ['first_match', 'First match'],
    ['not_exists', 'Not exists'],
    ['using_MRR', 'Multi-range read'],
    ['mrr_type', 'Multi-range read'],
    ['loosescan', 'Loose scan'],
    ['range_checked_for_each_record', 'Range checked for each record'],
  ] as const)
    if (raw[key] !== undefined && raw[key] !== null) addDetail(node, title, raw[key]);
  if (raw.backward_index_scan === true) addDetail(node, 'Scan Direction', 'Backward');
  return node;
}

/** A table that rows are put into is not read; one that is updated is read by its access. */
const writes = (raw: RawNode): string | null =>
  raw.insert === true ? 'Insert' : raw.replace === true ? 'Replace' : null;

/** Which index: of a merge all of them. */
function keyOf(raw: RawNode): string | null {
  const key = text(raw.key);
  // The hash that a join builds is no index.
  if (key !== null) return key.startsWith('#hash#') ? null : key.slice(0, 300);
  const found: string[] = [];
  const visit = (value: unknown, depth: number) => {
    if (depth > 6) return;
    for (const one of Array.isArray(value) ? records(value) : [record(value) ?? {}]) {
      const name = text(one.key);
      if (name !== null) found.push(name);
      for (const inner of Object.values(one))
        if (typeof inner === 'object') visit(inner, depth + 1);
    }
  };
  visit(raw.index_merge, 0);
  return found.length > 0 ? found.slice(0, 20).join(', ') : null;
}

function addRows(node: PlanNode, raw: RawNode): void {
  const examined = amountOf(raw.rows_examined_per_scan) ?? amountOf(raw.rows);
  const share = (amountOf(raw.filtered) ?? 100) / 100;
  const cost = record(raw.cost_info);
  node.rows_examined = examined;
  node.rows_estimated = examined === null ? null : round(examined * share);
  // `prefix_cost` is that of all tables up to this one; a table's own is what is read and tested.
  const [read, evaluated] = [amountOf(cost?.read_cost), amountOf(cost?.eval_cost)];
  node.cost = read !== null && evaluated !== null ? round(read + evaluated) : amountOf(raw.cost);
  const loops = amountOf(raw.r_loops);
  // A constant row is read before the execution: MariaDB counts no loop of it.
  if (loops === null || (loops === 0 && /^(const|system)$/.test(text(raw.access_type) ?? '')))
    return;
  const rows = amountOf(raw.r_rows);
  const kept = (amountOf(raw.r_filtered) ?? 100) / 100;
  node.actual = newActual(loops);
  if (loops === 0 || rows === null) return;
  node.rows_actual = round(rows * kept);
  node.actual.rows_removed.filter =
    raw.attached_condition === undefined ? null : Math.round(rows * loops * (1 - kept));
  const times = [raw.r_table_time_ms, raw.r_other_time_ms].map(amountOf);
  const total = times.every((one) => one === null)
    ? amountOf(raw.r_total_time_ms)
    : times.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  node.time_ms = total === null ? null : round(total);
}
