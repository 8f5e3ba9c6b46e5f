import type { RawNode } from './raw-plan';
import type { PlanLine } from './unframe-plan-text';

/** A line of what EXPLAIN prints below the tree. */
export const isSummaryLine = (text: string): boolean =>
  /^\s*(Planning:|Planning Time: |Execution Time: |Settings: |Trigger |JIT:|Serialization: |Query Identifier: |Planning time: |Execution time: |Total runtime: )/.test(
    text,
  );

/** The lines below the tree as their parts in FORMAT JSON. */
export function readSummary(lines: readonly PlanLine[]): RawNode {
  const all: RawNode = {};
  const triggers: RawNode[] = [];
  const jit: RawNode = {};
  for (const { text } of lines) {
    const line = text.trim().slice(0, text.trim().startsWith('Settings: ') ? 20_000 : 400);
    if (triggers.length >= 100 && line.startsWith('Trigger ')) continue;
    const time = /^(Planning|Execution) [Tt]ime: ([\d.]+) ms$/.exec(line);
    const trigger =
      /^Trigger (.+?)(?: for constraint (.+?))?(?: on (.+?))?: (?:time=([\d.]+) )?calls=(\d+)$/.exec(
        line,
      );
    if (time) all[`${time[1]} Time`] = Number(time[2]);
    else if (trigger) {
      const [, name, constraint, relation, ms, calls] = trigger;
      triggers.push({
        'Trigger Name': name,
        ...(constraint !== undefined && { 'Constraint Name': constraint }),
        ...(relation !== undefined && { Relation: relation }),
        ...(ms !== undefined && { Time: Number(ms) }),
        Calls: Number(calls),
      });
    } else if (line === 'JIT:') all.JIT = jit;
    else if (/^Functions: \d+$/.test(line)) jit.Functions = Number(line.slice(11));
    else if (/^Timing: .*Total [\d.]+ ms/.test(line))
      jit.Timing = { Total: Number(/Total ([\d.]+) ms/.exec(line)?.[1]) };
    else if (/^Serialization: time=[\d.]+ ms/.test(line))
      all.Serialization = { Time: Number(/time=([\d.]+)/.exec(line)?.[1]) };
    else if (line.startsWith('Settings: '))
      all.Settings = Object.fromEntries(
        [...line.slice(10).matchAll(/(?<![\w.])([\w.]+) = '((?:[^']|'')*)'/g)].map(
          ([, name, value]) => [name, value?.replaceAll("''", "'")],
        ),
      );
  }
  if (triggers.length > 0) all.Triggers = triggers;
  return all;
}
