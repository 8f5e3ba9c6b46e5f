import { number, type RawNode, record, records, text } from '../raw-plan';
import type { Iterator } from './read-iterators';

/**
 * EXPLAIN FORMAT=JSON of MySQL with explain_json_format_version = 2 (8.3 and later), also of
 * EXPLAIN ANALYZE. The rewritten statement in `query` holds literals and is not read.
 * @param root the answer, parsed: `query_plan` holds the steps; before 9.0 they stood in the answer itself
 */
export function readMysqlJsonV2(root: RawNode): Iterator {
  return stepOf(record(root.query_plan) ?? root, 0);
}

function stepOf(raw: RawNode, depth: number): Iterator {
  const inputs = (name: string) =>
    depth < 200 ? records(raw[name]).map((one) => stepOf(one, depth + 1)) : [];
  const table = text(raw.table_name);
  const schema = text(raw.schema_name);
  const heading = text(raw.heading);
  const loops = number(raw.actual_loops);
  const step: Iterator = {
    operation: text(raw.operation) ?? 'Unknown',
    table: table !== null && schema !== null ? `${schema}.${table}` : null,
    cost: number(raw.estimated_total_cost),
    startup: number(raw.estimated_first_row_cost),
    rows: number(raw.estimated_rows),
    actual:
      loops === null
        ? null
        : { ms: number(raw.actual_last_row_ms), rows: number(raw.actual_rows) ?? 0, loops },
    heading,
    inputs: inputs('inputs'),
    beside: inputs('inputs_from_select_list'),
  };
  // A subquery's heading is a line of its own in the tree.
  if (heading === null || !/^Select #/.test(heading)) return step;
  return {
    ...step,
    operation: heading,
    table: null,
    heading: null,
    inputs: [{ ...step, heading: null }],
    beside: [],
  };
}
