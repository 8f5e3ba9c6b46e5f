import { PlanTextError } from './plan-text-error';
import type { RawNode } from './raw-plan';
import { readNodeLine } from './text-node';
import { readProperty } from './text-property';
import { isSummaryLine, readSummary } from './text-summary';
import { isNodeLine, type PlanLine } from './unframe-plan-text';

const mostNodes = 5000;

type Open = {
  raw: RawNode;
  /** Column of its properties, and of its children's arrows. */
  below: number;
};

/**
 * The text form of EXPLAIN as its JSON form, so that both are read by one reader.
 * Source: explain.c of PostgreSQL 13-18.
 * @param lines without frame: {@link unframePlanText}
 * @throws PlanTextError that names the line
 */
export function readPostgresText(lines: readonly PlanLine[]): RawNode[] {
  const start = firstNode(lines);
  const first = lines[start] as PlanLine;
  const margin = indentOf(first.text);
  const root = readNodeLine(first.text.trim().replace(/^->\s+/, ''));
  const open: Open[] = [{ raw: root, below: margin + 2 }];
  let last = root;
  let count = 1;
  let label: { name: string; column: number } | null = null;
  let worker: { raw: RawNode; column: number } | null = null;
  let end = start + 1;
  for (; end < lines.length; end += 1) {
    const { text, line } = lines[end] as PlanLine;
    if (text.trim() === '') {
      // Between plans of several statements there is an empty line; psql leaves one at the end.
      break;
    }
    const column = indentOf(text);
    const body = text.trim();
    if (column <= margin && isSummaryLine(text)) break;
    const arrow = /^->\s+(.+)$/s.exec(body)?.[1];
    if (arrow !== undefined) {
      const under: string | null = label && column > label.column ? label.name : null;
      const limit = under !== null && label ? label.column : column;
      while (open.length > 1 && (open.at(-1) as Open).below > limit) open.pop();
      const parent = open.at(-1) as Open;
      if (parent.below > limit)
        throw new PlanTextError('line', `line ${line}: this step stands left of the first`, line);
      count += 1;
      if (count > mostNodes)
        throw new PlanTextError('too_large', `has more than ${mostNodes} steps`, line);
      last = readNodeLine(arrow);
      const plans = listOf(parent.raw, 'Plans');
      last['Parent Relationship'] = relationship(parent.raw, plans, under);
      if (under !== null) last['Subplan Name'] = under;
      plans.push(last);
      open.push({ raw: last, below: column + 6 });
      label = null;
      worker = null;
      continue;
    }
    const subplan = /^(?:InitPlan|SubPlan|CTE) [^:]+$/.test(body);
    const asWorker = /^Worker (\d+):\s*(.*)$/.exec(body);
    if (subplan) label = { name: body, column };
    else if (asWorker) {
      const raw: RawNode = { 'Worker Number': Number(asWorker[1]) };
      listOf(last, 'Workers').push(raw);
      worker = { raw, column };
      readProperty(raw, asWorker[2] ?? '');
    } else if (isNodeLine(text))
      throw new PlanTextError('line', `line ${line}: a step without its arrow (->)`, line);
    else if (worker && column > worker.column) readProperty(worker.raw, body);
    else {
      worker = null;
      readProperty(last, body);
    }
  }
  return [{ Plan: root, ...readSummary(lines.slice(end)) }];
}

function relationship(parent: RawNode, before: RawNode[], label: string | null): string {
  if (label !== null) return label.startsWith('SubPlan') ? 'SubPlan' : 'InitPlan';
  if (/^(Append|Merge Append|BitmapAnd|BitmapOr)$/.test(String(parent['Node Type'])))
    return 'Member';
  const place = before.filter((one) => /^(Outer|Inner)$/.test(String(one['Parent Relationship'])));
  return place.length === 0 ? 'Outer' : 'Inner';
}

function firstNode(lines: readonly PlanLine[]): number {
  const costed = lines.findIndex(({ text }) => isNodeLine(text));
  if (costed >= 0) return costed;
  // COSTS OFF: a title alone.
  const bare = lines.findIndex(({ text }) => text.trim() !== '');
  const known =
    /^\s*(Parallel |Async )?(\w+ )*(Scan|Join|Loop|Sort|Aggregate|Limit|Result|Append|Gather|Hash|Unique|Materialize|Memoize|WindowAgg|Group|LockRows|SetOp|ProjectSet|Insert|Update|Delete|Merge)\b/;
  const title = lines[bare];
  if (!title) throw new PlanTextError('empty', 'is empty');
  if (known.test(title.text) && !/[;=]/.test(title.text)) return bare;
  throw new PlanTextError(
    'no_plan',
    `line ${title.line}: no step of a plan is found; a step looks like "Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)"`,
    title.line,
  );
}

function listOf(raw: RawNode, name: string): RawNode[] {
  const list = (raw[name] as RawNode[] | undefined) ?? [];
  raw[name] = list;
  return list;
}

const indentOf = (text: string) => text.length - text.trimStart().length;
