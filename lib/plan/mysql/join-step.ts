import type { PlanNode } from '@/lib/contract';
import type { RawNode } from '../raw-plan';
import { addCondition, addDetail, newActual, newNode, round } from './new-node';
import { amountOf } from './table-step';

export type JoinedTable = {
  node: PlanNode;
  /** How rows are kept for the join: `hash join`, `BNL`; null without a buffer. */
  buffer: string | null;
  /** Of all tables up to this one. */
  cost: number | null;
  /** MariaDB's `block-nl-join` around the table. */
  buffered: RawNode | null;
};

/** A table joined to all before it, in the words of MySQL's tree as far as the JSON says how. */
export function joinStep(outer: PlanNode, { node, buffer, cost, buffered }: JoinedTable): PlanNode {
  const has = (name: string) => node.details.some((one) => one.name === name);
  const [semi, anti] = [has('First match'), has('Not exists')];
  const kind = semi ? 'semijoin' : anti ? 'antijoin' : 'join';
  const hash = buffer !== null && /hash|BNLH/i.test(buffer);
  const how = hash ? 'Hash' : buffer !== null ? 'Block nested loop' : 'Nested loop';
  const before = outer.rows_estimated;
  const join = newNode(`${how} ${kind}`, {
    children: [outer, node],
    cost,
    rows_estimated:
      before === null || node.rows_estimated === null ? null : round(before * node.rows_estimated),
  });
  if (buffer !== null) addDetail(join, 'Join buffer', buffer);
  if (semi) addDetail(join, 'Join Type', 'Semi');
  if (anti) addDetail(join, 'Join Type', 'Anti');
  if (outer.actual || node.actual) join.actual = newActual(outer.actual?.loops ?? 1);
  if (buffered) addBuffered(join, node, buffered);
  else if (buffer !== null) moveFilter(join, node);
  if (join.actual) join.time_ms = round((outer.time_ms ?? 0) + (node.time_ms ?? 0));
  return join;
}

/** What a join buffer tests belongs to the join; its time to the table that is read for it. */
function addBuffered(join: PlanNode, table: PlanNode, buffered: RawNode): void {
  addCondition(join, 'Join Filter', buffered.attached_condition);
  addDetail(join, 'Buffer size', buffered.buffer_size);
  const loops = amountOf(buffered.r_loops);
  if (loops === null) return;
  const extra = [buffered.r_unpack_time_ms, buffered.r_other_time_ms].map(amountOf);
  table.time_ms = round(extra.reduce<number>((sum, ms) => sum + (ms ?? 0), table.time_ms ?? 0));
  const kept = amountOf(buffered.r_filtered);
  const perLoop = amountOf(buffered.r_effective_rows);
  if (kept === null || perLoop === null || !join.actual) return;
  join.rows_actual = round((loops * perLoop * kept) / 100);
  join.actual.rows_removed.join_filter = Math.round(loops * perLoop * (1 - kept / 100));
}

/** MySQL prints what the join buffer tests as the table's own condition. */
function moveFilter(join: PlanNode, table: PlanNode): void {
  for (const one of table.details)
    if (one.name === 'Filter') join.details.push({ name: 'Join Filter', value: one.value });
  table.details = table.details.filter(({ name }) => name !== 'Filter');
  table.rows_estimated = table.rows_examined ?? table.rows_estimated;
}
