import type { PlanNode } from '@/lib/contract';
import { type RawNode, record, records, text } from '../raw-plan';
import { type JoinedTable, joinStep } from './join-step';
import { addCondition, addDetail, addSelfTimes, newActual, newNode, round } from './new-node';
import { amountOf, tableStep } from './table-step';

const mostNodes = 5000;

/** Containers of one inner part each, by the names MySQL and MariaDB give them. */
const wrappers = [
  'ordering_operation',
  'grouping_operation',
  'duplicates_removal',
  'duplicate_removal',
  'windowing',
  'buffer_result',
  'filesort',
  'temporary_table',
  'window_functions_computation',
  'read_sorted_file',
  'insert_from',
] as const;
/** What MariaDB puts around a table of a join. */
const inTableOf = ['block-nl-join', 'read_sorted_file', 'range-checked-for-each-record'] as const;
const unions = [
  'union_result',
  'recursive_union',
  'intersect_result',
  'except_result',
  'unit_result',
];

/**
 * `query_block` of MySQL's first JSON form and of MariaDB, with what ANALYZE FORMAT=JSON adds (`r_…`).
 * The tables of a block are joined in the order printed, each to all before it.
 */
export function readQueryBlock(block: RawNode, engine: 'mysql' | 'mariadb'): PlanNode {
  const reader = new BlockReader();
  const root = reader.block(block, 0);
  addSelfTimes(root);
  root.engine = engine;
  return root;
}

class BlockReader {
  private left = mostNodes;

  block(raw: RawNode, depth: number): PlanNode {
    const node = this.part(raw, depth);
    const cost = amountOf(record(raw.cost_info)?.query_cost) ?? amountOf(raw.cost);
    if (cost !== null) node.cost = cost;
    for (const name of ['having_condition', 'outer_ref_condition'])
      if (raw[name] !== undefined) addCondition(node, 'Having', raw[name]);
    const total = amountOf(raw.r_total_time_ms);
    const loops = amountOf(raw.r_loops);
    if (total !== null && loops !== null) {
      node.actual ??= newActual(loops);
      node.time_ms = round(Math.max(total, node.time_ms ?? 0));
    }
    return node;
  }

  /** What stands in a block, or in one of the containers of it. */
  private part(raw: RawNode, depth: number): PlanNode {
    if (depth > 100 || this.left <= 0) return newNode('…');
    const wrapper = wrappers.find((name) => record(raw[name]));
    const union = unions.find((name) => record(raw[name]));
    const tables = Array.isArray(raw.nested_loop) ? records(raw.nested_loop) : null;
    let node: PlanNode;
    if (wrapper) node = this.wrapped(wrapper, record(raw[wrapper]) as RawNode, depth + 1);
    else if (union) node = this.union(record(raw[union]) as RawNode, union, depth + 1);
    else if (tables) node = this.joined(tables, depth + 1);
    else if (record(raw.table)) node = this.joined([raw], depth + 1);
    else if (record(raw.query_block))
      node = this.block(record(raw.query_block) as RawNode, depth + 1);
    else node = this.step(tableStep(raw));
    // MySQL names the table that is written beside what it is filled from.
    if (wrapper === 'insert_from' && record(raw.table))
      node = { ...this.step(tableStep(record(raw.table) as RawNode)), children: [node] };
    for (const [key, value] of Object.entries(raw))
      if (/subqueries$/.test(key))
        for (const one of records(value)) node.children.push(this.subquery(one, key, depth + 1));
    return node;
  }

  private step(node: PlanNode): PlanNode {
    this.left -= 1;
    return node;
  }

  /** A container becomes a step where it does something: an order that an index gives needs none. */
  private wrapped(name: string, raw: RawNode, depth: number): PlanNode {
    const inner = this.part(raw, depth);
    const temporary = raw.using_temporary_table === true || name === 'temporary_table';
    const sorts = raw.using_filesort === true || name === 'filesort';
    const type =
      name === 'ordering_operation'
        ? sorts
          ? 'Sort'
          : null
        : name === 'grouping_operation'
          ? temporary
            ? 'Aggregate using temporary table'
            : 'Group aggregate'
          : ({
              duplicates_removal: 'Remove duplicates',
              duplicate_removal: 'Remove duplicates',
              windowing: 'Window aggregate',
              window_functions_computation: 'Window aggregate',
              filesort: 'Sort',
              temporary_table: 'Temporary table',
              buffer_result: 'Buffer result',
            }[name] ?? null);
    if (type === null) return inner;
    const node = this.step(newNode(type, { children: [inner], rows_estimated: null }));
    if (type === 'Sort') node.rows_estimated = inner.rows_estimated;
    addDetail(node, 'Sort Key', raw.sort_key);
    if (temporary) addDetail(node, 'Temporary table', 'true');
    if (sorts && type !== 'Sort') addDetail(node, 'Filesort', 'true');
    const keys = [...records(raw.windows), ...records(raw.sorts)].map(
      (one) => one.filesort_key ?? record(one.filesort)?.sort_key,
    );
    for (const key of keys) addDetail(node, 'Sort Key', key);
    this.measured(node, raw, inner);
    return node;
  }

  /** MariaDB's filesort: its time is with that of the table it reads itself, and without that of a temporary table. */
  private measured(node: PlanNode, raw: RawNode, inner: PlanNode): void {
    const loops = amountOf(raw.r_loops);
    const below = inner.time_ms ?? 0;
    if (loops === null) {
      if (!inner.actual) return;
      node.actual = newActual(inner.actual.loops);
      node.time_ms = inner.time_ms;
      return;
    }
    const own = amountOf(raw.r_total_time_ms) ?? 0;
    node.actual = newActual(loops);
    node.rows_actual = amountOf(raw.r_output_rows);
    node.time_ms = round(own >= below ? own : own + below);
    const passes = amountOf(raw.r_sort_passes) ?? 0;
    if (passes > 0) node.details.push({ name: 'Sort passes', value: String(passes) });
    const buffer = text(raw.r_buffer_size);
    if (buffer !== null) node.details.push({ name: 'Sort buffer', value: buffer.slice(0, 50) });
    if (raw.r_used_priority_queue === true) addDetail(node, 'Top rows alone', 'true');
  }

  private joined(tables: RawNode[], depth: number): PlanNode {
    const [first, ...rest] = tables.map((one) => this.joinedTable(one, depth));
    if (!first) return newNode('Zero rows');
    return rest.reduce((outer, one) => this.step(joinStep(outer, one)), first.node);
  }

  private joinedTable(holder: RawNode, depth: number): JoinedTable {
    const name = inTableOf.find((one) => record(holder[one]));
    const buffered = record(holder['block-nl-join']);
    const inside = name ? (record(holder[name]) as RawNode) : holder;
    const raw = record(inside.table);
    const node = raw ? this.table(raw, depth) : this.part(inside, depth);
    if (name === 'range-checked-for-each-record')
      addDetail(node, 'Range checked for each record', 'true');
    const buffer = buffered
      ? (text(buffered.join_type) ?? text(buffered.buffer_type))
      : text(raw?.using_join_buffer);
    return { node, buffer, cost: amountOf(record(raw?.cost_info)?.prefix_cost), buffered };
  }

  private table(raw: RawNode, depth: number): PlanNode {
    const node = this.step(tableStep(raw));
    for (const name of ['materialized_from_subquery', 'materialized']) {
      const made = record(raw[name]);
      if (!made) continue;
      const shared = amountOf(record(made.sharing_temporary_table_with)?.select_id);
      const block = record(made.query_block);
      const inner = this.step(newNode('Materialize'));
      if (shared !== null) inner.details.push({ name: 'Shares', value: `select ${shared}` });
      if (block) inner.children.push(this.block(block, depth + 1));
      this.inherit(inner);
      node.children.push(inner);
    }
    for (const [key, value] of Object.entries(raw))
      if (/subqueries$/.test(key))
        for (const one of records(value)) node.children.push(this.subquery(one, key, depth + 1));
    if (node.actual && node.time_ms !== null)
      node.time_ms = round(
        node.children.reduce((sum, child) => sum + (child.time_ms ?? 0), node.time_ms),
      );
    return node;
  }

  private inherit(node: PlanNode): void {
    const [inner] = node.children;
    if (!inner?.actual) return;
    node.actual = newActual(inner.actual.loops);
    node.time_ms = inner.time_ms;
  }

  private subquery(raw: RawNode, where: string, depth: number): PlanNode {
    const cached = record(raw.expression_cache);
    const kept = record(raw.materialization);
    const holder = cached ?? kept ?? raw;
    const inner = this.part(holder, depth);
    const node = this.step(newNode('Subquery', { children: [inner] }));
    if (raw.dependent === true || cached) addDetail(node, 'Parent Relationship', 'SubPlan');
    const said = [
      where === 'subqueries' ? null : where.replace(/_?subqueries$/, '').replaceAll('_', ' '),
      raw.dependent === true ? 'dependent' : null,
      raw.cacheable === false ? 'not cacheable' : null,
      cached ? `cache ${text(cached.state) ?? ''}`.trim() : null,
      kept ? 'materialized' : null,
    ].filter((one) => one);
    if (said.length > 0) addDetail(node, 'Subquery', said.join('; '));
    this.inherit(node);
    return node;
  }

  private union(raw: RawNode, name: string, depth: number): PlanNode {
    const temporary = raw.using_temporary_table === true || text(raw.access_type) !== null;
    const type = {
      union_result: temporary ? 'Union materialize' : 'Append',
      recursive_union: 'Recursive union',
      intersect_result: 'Intersect',
      except_result: 'Except',
    }[name];
    const node = this.step(newNode(type ?? 'Union'));
    if (temporary) addDetail(node, 'Temporary table', 'true');
    for (const one of records(raw.query_specifications))
      if (this.left > 0) node.children.push(this.part(one, depth));
    const loops = amountOf(raw.r_loops);
    if (loops !== null || node.children.some(({ actual }) => actual)) {
      node.actual = newActual(loops || 1);
      node.rows_actual = amountOf(raw.r_rows);
      node.time_ms = round(node.children.reduce((sum, child) => sum + (child.time_ms ?? 0), 0));
    }
    return node;
  }
}
