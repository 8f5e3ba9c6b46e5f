import type { PlanNode } from '@/lib/contract';
import { withoutBackticks } from './mysql-literals';
import { addCondition, addDetail, newNode } from './new-node';

const name = '<[^>]*>|`[^`]*`|[^\\s(]+';
const access = new RegExp(
  `^([A-Z][A-Za-z-]*(?: [A-Za-z-]+)*?) on (${name})(?: using (${name}|[a-z_]+\\(.*?\\)))?(?: (.*))?$`,
  's',
);

/**
 * A step as MySQL's FORMAT=TREE prints it, and JSON version 2 in `operation`: `Index lookup on o using i (a = 'x')`.
 * Only names and the step's own words become its title; all else is a detail without literals.
 * Source: sql/join_optimizer/explain_access_path.cc of MySQL 8.0-9.7.
 */
export function readOperation(operation: string): PlanNode {
  const { rest, pushed } = withoutPushed(operation.trim());
  const filter = /^Filter: (.*)$/s.exec(rest)?.[1];
  if (filter !== undefined) {
    const node = newNode('Filter');
    addCondition(node, 'Filter', filter);
    return node;
  }
  const scan = access.exec(rest);
  if (scan) {
    const [, type = '', on = '', using, more = ''] = scan;
    const node = newNode(type, { relation: nameOf(on), index: using ? nameOf(using) : null });
    const reverse = /(?:^| )\(reverse\)/.test(more);
    const condition = more
      .replace(/(?:^| )\(reverse\)/, '')
      .trim()
      .replace(/^over /, '')
      .replace(/^\((.*)\)$/s, '$1');
    if (condition !== '') addDetail(node, 'Index Cond', condition);
    if (reverse) addDetail(node, 'Scan Direction', 'Backward');
    if (pushed !== null) addDetail(node, 'Index condition pushed down', pushed);
    return node;
  }
  return otherStep(rest);
}

function otherStep(text: string): PlanNode {
  const select = /^Select #(\d+) \((.*)\)$/s.exec(text);
  if (select) {
    const node = newNode('Subquery');
    addDetail(node, 'Subplan Name', `#${select[1]}`);
    addDetail(
      node,
      'Parent Relationship',
      /dependent/.test(select[2] ?? '') ? 'SubPlan' : 'InitPlan',
    );
    node.details.push({ name: 'Subquery', value: (select[2] ?? '').slice(0, 200) });
    return node;
  }
  const limit = /^(Limit(?:\/Offset)?): /.exec(text)?.[1];
  if (limit) return newNode(limit);
  const [, head = text, what] = /^([^:(]+): (.*)$/s.exec(text) ?? [];
  if (what !== undefined) {
    const node = newNode(head.trim());
    if (/^Sort/.test(head)) {
      addDetail(node, 'Sort Key', what.replace(/, limit input to \d+ row\(s\) per chunk$/, ''));
      if (/ per chunk$/.test(what)) addDetail(node, 'Top rows alone', 'true');
    } else addDetail(node, 'Output', what);
    return node;
  }
  const [, named = text, inside] = /^([^(]+?) \((.*)\)$/s.exec(text) ?? [];
  const join = /join$/.test(named);
  const node = newNode(named.trim());
  if (inside !== undefined) {
    if (join && /hash/.test(named)) addCondition(node, 'Hash Cond', inside);
    else if (join) addDetail(node, 'Strategy', inside);
    else if (/^Zero rows/.test(named)) addDetail(node, 'Message', inside);
    else addDetail(node, 'Details', inside);
  }
  const [, cte] = /^Materialize (?:recursive )?CTE (.+?)(?: if needed)?$/.exec(node.type) ?? [];
  if (cte !== undefined) {
    node.type = node.type.replace(` ${cte}`, '').slice(0, 200);
    addDetail(node, 'CTE Name', cte);
  }
  return node;
}

/** `…, with index condition: (…)` is the storage engine's part of the condition. */
function withoutPushed(text: string): { rest: string; pushed: string | null } {
  const at = text.indexOf(', with index condition: ');
  if (at < 0) return { rest: text, pushed: null };
  return { rest: text.slice(0, at), pushed: text.slice(at + ', with index condition: '.length) };
}

const nameOf = (text: string) => withoutBackticks(text.trim()).replaceAll('`', '').slice(0, 200);
