import type { PlanNode } from '@/lib/contract';
import { number, type RawNode, text } from './raw-plan';

const detail = (node: PlanNode, name: string) =>
  node.details.find((one) => one.name === name)?.value ?? null;

/** InitPlans of one plan whose users are looked for. */
const mostSearches = 200;

/**
 * Sets `time_ms` and `self_ms`. PostgreSQL gives the mean time of a loop, and counts loops of all processes of a parallel
 * part: the clock's time is loop time × loops ÷ processes. The time of an InitPlan or a CTE lies within that of the step
 * that first asks for it, not within that of the step under which it is printed.
 */
export function addTimes(root: PlanNode, raws: ReadonlyMap<PlanNode, RawNode>): void {
  setTotal(root, raws, 1);
  const own = new Map<PlanNode, number>();
  const all: PlanNode[] = [];
  let searches = 0;
  const walk = (node: PlanNode) => {
    all.push(node);
    node.children.forEach(walk);
  };
  walk(root);
  for (const node of all) if (node.time_ms !== null) own.set(node, node.time_ms);
  const take = (node: PlanNode, ms: number) => own.set(node, (own.get(node) ?? 0) - ms);
  for (const node of all)
    for (const child of node.children) {
      const ms = child.time_ms ?? 0;
      const raw = raws.get(child) ?? {};
      if (raw['Parent Relationship'] !== 'InitPlan') {
        take(node, ms);
        continue;
      }
      searches += 1;
      const users =
        searches > mostSearches
          ? [node]
          : usersOf(node, child, text(raw['Subplan Name']) ?? '', all);
      const sum = users.reduce((total, one) => total + (one.time_ms ?? 0), 0);
      for (const user of users)
        take(user, sum > 0 ? (ms * (user.time_ms ?? 0)) / sum : ms / users.length);
    }
  for (const node of all)
    if (node.actual && node.time_ms !== null)
      node.actual.self_ms = round(Math.max(0, own.get(node) ?? 0));
}

function setTotal(node: PlanNode, raws: ReadonlyMap<PlanNode, RawNode>, processes: number): void {
  const mean = number(raws.get(node)?.['Actual Total Time']);
  const loops = node.actual?.loops ?? 1;
  if (mean !== null && loops > 0) node.time_ms = round((mean * loops) / processes);
  let left = node.time_ms;
  const gathers = /^(Parallel )?Gather/.test(node.type);
  for (const child of node.children) {
    // An InitPlan under a Gather is run by the leader alone.
    const below = gathers && raws.get(child)?.['Parent Relationship'] === 'Outer';
    const each = below && loops > 0 ? Math.max(1, (child.actual?.loops ?? 1) / loops) : processes;
    setTotal(child, raws, each);
    if (child.time_ms === null || left === null) continue;
    if (raws.get(child)?.['Parent Relationship'] === 'InitPlan') continue;
    // The mean is given in whole microseconds: over many loops that may sum up to more than there was.
    if ((child.actual?.loops ?? 0) >= 100) child.time_ms = round(Math.min(child.time_ms, left));
    left = Math.max(0, left - child.time_ms);
  }
}

/** The steps within whose time an InitPlan or a CTE was run; the step that prints it when no other names it. */
function usersOf(holder: PlanNode, made: PlanNode, name: string, all: PlanNode[]): PlanNode[] {
  const cte = /^CTE (.*)$/s.exec(name)?.[1];
  const found = all.filter((node) => {
    if (node === holder || node === made || (node.actual?.loops ?? 0) === 0) return false;
    if (cte !== undefined)
      return node.type.endsWith('CTE Scan') && detail(node, 'CTE Name') === cte;
    const [, number, returns] = /^InitPlan (\S+)(?: \(returns (.*)\))?$/.exec(name) ?? [];
    const names = returns ? returns.split(',') : [`(InitPlan ${number}).`];
    return node.details.some(({ name: what, value }) =>
      what === 'Output' ? false : names.some((one) => includesName(value, one)),
    );
  });
  return found.length > 0 ? found : [holder];
}

/** `$1` is not in `$12`. */
function includesName(value: string, name: string): boolean {
  const at = value.indexOf(name);
  return at >= 0 && !(name.startsWith('$') && /\d/.test(value[at + name.length] ?? ''));
}

const round = (ms: number) => Math.round(ms * 1000) / 1000;
