import type { PlanExecution, PlanNode } from '@/lib/contract';
import { PlanTextError } from '../plan-text-error';
import { type RawNode, record } from '../raw-plan';
import type { PlanLine } from '../unframe-plan-text';
import { readIterators } from './read-iterators';
import { readMysqlJsonV2 } from './read-mysql-json-v2';
import { readMysqlTree } from './read-mysql-tree';
import { readQueryBlock } from './read-query-block';
import { amountOf } from './table-step';

export type ReadMysqlPlan = { root: PlanNode; execution: PlanExecution };

/** Whether an answer of EXPLAIN FORMAT=JSON is one of MySQL's or MariaDB's. */
export const isMysqlJson = (root: RawNode | null): boolean =>
  record(root?.query_block) !== null ||
  record(root?.query_plan) !== null ||
  (typeof root?.operation === 'string' && root.Plan === undefined);

/**
 * The parsed answer of EXPLAIN FORMAT=JSON: MySQL's version 1 or 2, or MariaDB's, also of ANALYZE.
 * @throws PlanTextError when it holds no plan
 */
export function readMysqlJson(root: RawNode): ReadMysqlPlan {
  const block = record(root.query_block);
  if (!block) {
    if (typeof (record(root.query_plan) ?? root).operation !== 'string')
      throw new PlanTextError('json_no_plan', 'is JSON without a plan');
    return withTimes(readIterators(readMysqlJsonV2(root)), null);
  }
  const planning = amountOf(record(root.query_optimization)?.r_total_time_ms);
  return withTimes(readQueryBlock(block, flavourOf(root)), planning);
}

/** MySQL's FORMAT=TREE or EXPLAIN ANALYZE. */
export const readMysqlTreeText = (lines: readonly PlanLine[]): ReadMysqlPlan =>
  withTimes(readIterators(readMysqlTree(lines)), null);

/** MySQL gives every table a `rows_examined_per_scan` and its block a cost; MariaDB calls rows `rows`. */
function flavourOf(root: RawNode): 'mysql' | 'mariadb' {
  const text = JSON.stringify(root);
  if (
    /"(r_loops|r_total_time_ms|r_rows|block-nl-join|temporary_table|read_sorted_file|expression_cache)":/.test(
      text,
    )
  )
    return 'mariadb';
  if (/"(rows_examined_per_scan|cost_info|using_filesort|query_cost)":/.test(text)) return 'mysql';
  const inBlock = record(root.query_block) ?? {};
  // `No tables used` stands in MySQL's block, and in a table of MariaDB's.
  return inBlock.message !== undefined ? 'mysql' : 'mariadb';
}

const withTimes = (root: PlanNode, planning: number | null): ReadMysqlPlan => ({
  root,
  execution: {
    planning_ms: planning,
    execution_ms: root.actual ? root.time_ms : null,
    ...{ serialization_ms: null, jit: null, triggers: [], settings: [] },
  },
});
