import { PlanTextError } from '../plan-text-error';
import type { PlanLine } from '../unframe-plan-text';
import type { Iterator } from './read-iterators';

const mostNodes = 5000;
const deepest = 200;
const longestStep = 20_000;
const amount = String.raw`[\d.]+(?:e[+-]?\d+)?`;
/** The brackets at a step's end. What stands before may be of any length, so nothing here runs twice over it. */
const tail =
  /\((?:cost=[^()]*\)(?: \((?:actual [^()]*|never executed)\))?|actual [^()]*\)|never executed\))$/;
const planned = new RegExp(`cost=(?:(${amount})\\.\\.)?(${amount}) rows=(${amount})`);
const seen = new RegExp(
  `actual (?:time=${amount}\\.\\.(${amount}) )?rows=(${amount}) loops=(\\d+)`,
);
const headings = /^(Hash|Repeat until convergence)$/;

/**
 * MySQL's FORMAT=TREE and EXPLAIN ANALYZE: one step a line, four columns deeper than the one it gives its rows to.
 * Source: sql/join_optimizer/explain_access_path.cc.
 * @throws PlanTextError that names the line
 */
export function readMysqlTree(lines: readonly PlanLine[]): Iterator {
  const given = lines.filter(({ text }) => text.trim() !== '');
  const margin = indentOf(given[0]?.text ?? '');
  const open: { step: Iterator; column: number }[] = [];
  let root: Iterator | null = null;
  let count = 0;
  for (let at = 0; at < given.length; at += 1) {
    const { text, line } = given[at] as PlanLine;
    const begun = /^\s*-> (.+)$/s.exec(text)?.[1];
    if (begun === undefined)
      throw new PlanTextError('line', `line ${line}: this is no step of a plan`, line);
    // A condition may hold a line break.
    let body = begun;
    while (at + 1 < given.length && !/^\s*-> /.test(given[at + 1]?.text ?? '')) {
      at += 1;
      if (body.length < longestStep) body += ` ${given[at]?.text.trim()}`;
    }
    count += 1;
    if (count > mostNodes)
      throw new PlanTextError('too_large', `has more than ${mostNodes} steps`, line);
    const column = indentOf(text);
    if (column < margin)
      throw new PlanTextError('line', `line ${line}: this step stands left of the first`, line);
    const step = stepOf(body);
    while (open.length > 0 && (open.at(-1)?.column ?? 0) >= column) open.pop();
    if (open.length >= deepest)
      throw new PlanTextError('too_large', `is more than ${deepest} steps deep`, line);
    const parent = open.at(-1)?.step;
    if (parent) parent.inputs.push(step);
    else if (root) root.beside.push(step);
    else root = step;
    open.push({ step, column });
  }
  if (!root) throw new PlanTextError('no_plan', 'holds no plan');
  return withoutHeadings(root);
}

function stepOf(given: string): Iterator {
  const text = given.trimEnd().slice(-longestStep);
  const figures = tail.exec(text)?.[0] ?? '';
  const [, startup, cost, rows] = planned.exec(figures) ?? [];
  const [, ms, actualRows, loops] = seen.exec(figures) ?? [];
  return {
    operation: text.slice(0, text.length - figures.length).trim(),
    table: null,
    cost: numberOf(cost),
    startup: numberOf(startup),
    rows: numberOf(rows),
    actual: figures.endsWith('(never executed)')
      ? { ms: null, rows: 0, loops: 0 }
      : loops === undefined
        ? null
        : { ms: numberOf(ms), rows: Number(actualRows), loops: Number(loops) },
    heading: null,
    inputs: [],
    beside: [],
  };
}

/** `Hash` is no step: the one below it is on that side. A subquery's line has no figures: those below it count. */
function withoutHeadings(step: Iterator): Iterator {
  step.inputs = step.inputs.flatMap((one) => {
    const inner = withoutHeadings(one);
    const only = inner.inputs.length === 1 && headings.test(inner.operation);
    return only ? inner.inputs.map((below) => ({ ...below, heading: inner.operation })) : [inner];
  });
  step.beside = step.beside.map(withoutHeadings);
  const [inner] = step.inputs;
  if (inner && step.actual === null && step.cost === null && /^Select #\d+ /.test(step.operation))
    Object.assign(step, { cost: inner.cost, rows: inner.rows, actual: inner.actual });
  return step;
}

const indentOf = (text: string) => text.length - text.trimStart().length;
const numberOf = (text: string | undefined) => (text === undefined ? null : Number(text));
