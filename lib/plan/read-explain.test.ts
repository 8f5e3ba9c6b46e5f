import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlanNode } from '@/lib/contract';
import { fixtureNames, readFixture } from '@/scripts/read-plan-fixture';
import { comparePlans } from './compare-plans';
import { planFindings } from './plan-findings';
import { eachNode } from './plan-shape';
import { PlanTextError } from './plan-text-error';
import { type RawNode, records } from './raw-plan';
import { readExplain } from './read-explain';

const json = (name: string) => JSON.stringify(readFixture(name).json);
const find = (root: PlanNode, type: RegExp): PlanNode => {
  const found: PlanNode[] = [];
  eachNode(root, (node) => void (type.test(node.type) && found.push(node)));
  return found[0] as PlanNode;
};

test.each(fixtureNames())('%s: the text of an execution is read as its JSON is', (name) => {
  const { logged, text } = readFixture(name);
  const fromJson = readExplain(json(name));
  const fromText = readExplain(logged ?? text);
  expect(fromText.root).toEqual(fromJson.root);
  expect(fromText.execution.settings).toEqual(fromJson.execution.settings);
  expect(fromText.execution.jit).toEqual(fromJson.execution.jit);
  expect(fromText.execution.triggers.map(({ ms, calls }) => [ms, calls])).toEqual(
    fromJson.execution.triggers.map(({ ms, calls }) => [ms, calls]),
  );
});

/** What two executions of a statement have in common. */
const shapeOf = (root: PlanNode, writes: boolean): unknown => {
  const { type, relation, index, width, details, workers, children } = root;
  const told = details.filter(({ name }) => !/^(Index Searches|Storage|Maximum)/.test(name));
  // A table that was written to has grown, rolled back or not.
  const planned = writes ? null : [root.cost, root.rows_estimated];
  const own = { type, relation, index, planned, width, told, workers };
  return { ...own, children: children.map((child) => shapeOf(child, writes)) };
};

test.each(fixtureNames())(
  '%s: what EXPLAIN prints as text is the same plan, in any frame',
  (name) => {
    const { text, json: plan, statement } = readFixture(name);
    const writes = /^(update|merge|delete)/.test(statement);
    const read = readExplain(text);
    expect(shapeOf(read.root, writes)).toEqual(
      shapeOf(readExplain(JSON.stringify(plan)).root, writes),
    );
    const lines = text.split('\n');
    const width = Math.max(...lines.map((line) => line.length));
    const framed = [
      'shop=# explain analyze',
      `${' '.repeat(width / 2 - 5)}QUERY PLAN`,
      '-'.repeat(width + 2),
      ...lines.map((line) => ` ${line}`),
      `(${lines.length} rows)`,
      '',
      'Time: 12.345 ms',
    ].join('\n');
    const bordered = [
      `| ${'QUERY PLAN'.padEnd(width)} |`,
      `|-${'-'.repeat(width)}-|`,
      ...lines.map((line) => `| ${line.padEnd(width)} |`),
      `(${lines.length} rows)`,
    ].join('\r\n');
    const quoted = lines.map((line) => `"${line.replaceAll('"', '""')}"`).join('\n');
    for (const one of [framed, bordered, quoted]) expect(readExplain(one)).toEqual(read);
  },
);

test.each(['cte-15', 'jit-15', 'parallel-18'])(
  '%s: lines of the server’s log are a plan',
  (name) => {
    const { logged } = readFixture(name);
    const [head, ...rest] = (logged as string).split('\n');
    const prefix = '2026-11-23 12:00:00.123 UTC [4711] app@shop LOG:  ';
    const entry = [prefix + head, ...rest.map((line) => `\t${line}`), `${prefix}duration: 1 ms`];
    expect(readExplain(entry.join('\n'))).toEqual(readExplain(logged as string));
  },
);

test('JSON in psql’s frame, and JSON that auto_explain logs', () => {
  const name = 'hash-join-18';
  const lines = JSON.stringify(readFixture(name).json, null, 2).split('\n');
  const framed = [
    '      QUERY PLAN      ',
    '----------------------',
    ...lines.map((line, index) => ` ${line.padEnd(80)}${index < lines.length - 1 ? '+' : ''}`),
    '(1 row)',
  ];
  expect(readExplain(framed.join('\n'))).toEqual(readExplain(json(name)));
  const [one] = readFixture(name).json as object[];
  const body = JSON.stringify({ 'Query Text': 'select 1', ...one }, null, 2).split('\n');
  const logged = ['LOG:  duration: 3.2 ms  plan:', ...body.map((line) => `\t${line}`)];
  expect(readExplain(logged.join('\n')).root).toEqual(readExplain(json(name)).root);
});

test.each([
  ['', 'is empty', null],
  [' \n\t', 'is empty', null],
  ['select * from t;', 'line 1: no step of a plan', 1],
  ['\n<explain xmlns="http://www.postgresql.org/2009/explain">', 'is XML', 2],
  ['- Plan: \n    Node Type: "Result"', 'is YAML', 1],
  ['[{"Plan": {"Node Type": "Result"}', 'line 1: the JSON ends too early', 1],
  ['[\n{"Plan": oops}]', 'line 2: this is no valid JSON', 2],
  ['[{"Planning Time": 1}]', 'is JSON without "Plan"', 1],
  ['{"a": {"Plan": 1}}', 'is JSON without "Plan"', 1],
  [
    'Result  (cost=0.00..1.00 rows=1 width=4)\nSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)',
    'line 2: a step without its arrow',
    2,
  ],
])('%j is refused: %s', (given, message, line) => {
  expect(() => readExplain(given)).toThrow(expect.objectContaining({ line }));
  expect(() => readExplain(given)).toThrow(message);
});

test('a plan without costs is read', () => {
  const { root } = readExplain(' Limit\n   ->  Seq Scan on orders o\n         Filter: (id = 5)\n');
  expect(root).toMatchObject({ type: 'Limit', cost: null });
  expect(root.children[0]).toMatchObject({
    relation: 'orders',
    details: [{ name: 'Filter', value: '(id = ?)' }],
  });
});

test('no literal of a statement comes through', () => {
  const canary = readFixture('seq-scan-planned-15');
  expect(canary.text).toContain("it''s");
  for (const given of [canary.text, JSON.stringify(canary.json)])
    expect(JSON.stringify(readExplain(given))).not.toMatch(/it'|'s|\b17\b/);
});

test('a step’s own times add up to the whole, in every execution', () => {
  for (const name of fixtureNames()) {
    const { root } = readExplain(json(name));
    if (!root.actual) continue;
    let sum = 0;
    let rounding = 0.01;
    eachNode(root, (node) => {
      sum += node.actual?.self_ms ?? 0;
      // The server prints the mean of a loop in whole microseconds.
      rounding += (node.actual?.loops ?? 0) * 0.001;
    });
    expect([name, Math.abs(sum - (root.time_ms as number)) <= rounding]).toEqual([name, true]);
  }
});

test('of parallel processes the time is the mean, of loops the sum', () => {
  const [{ Plan: gather }] = readFixture('parallel-sort-18').json as [{ Plan: RawNode }];
  const [raw] = records(gather.Plans);
  const sort = find(readExplain(json('parallel-sort-18')).root, /^Sort$/);
  expect(raw?.['Actual Loops']).toBe(3);
  expect(sort.actual).toMatchObject({ loops: 3, sort: { method: 'external merge' } });
  expect(sort.time_ms).toBe(raw?.['Actual Total Time']);
  const parts = [raw as RawNode, ...records(raw?.Workers)].map((one) => one['Sort Space Used']);
  expect(parts).toHaveLength(3);
  expect(sort.actual?.sort?.disk_kb).toBe((parts as number[]).reduce((sum, one) => sum + one));
  const inner = find(readExplain(json('nested-seq-scan-15')).root, /^Seq Scan/);
  const [{ Plan: loop }] = readFixture('nested-seq-scan-15').json as [{ Plan: RawNode }];
  const mean = records(loop.Plans)[1]?.['Actual Total Time'] as number;
  expect(inner.actual?.loops).toBe(119);
  expect(inner.time_ms).toBeCloseTo(mean * 119, 3);
});

test('a CTE’s time is not counted under the step that prints it', () => {
  const { root } = readExplain(json('cte-15'));
  const made = find(root, /^Index Scan$/);
  const aggregate = root;
  expect(made.time_ms).toBeGreaterThan(1);
  expect(aggregate.actual?.self_ms).toBeLessThan(1);
});

test.each([
  ['spaces', `x${' '.repeat(2_000_000)}y`],
  ['a node with spaces', `Seq Scan on t${' '.repeat(2_000_000)}(cost=`],
  ['pluses', ` QUERY PLAN\n${`${'+ '.repeat(10_000)}\n`.repeat(100)}`],
  [
    'triggers',
    `Result  (cost=0.00..0.01 rows=1 width=4)\n${`Trigger ${' on a'.repeat(400)}: x\n`.repeat(900)}`,
  ],
  ['letters', `Result  (cost=0.00..0.01 rows=1 width=4)\n  Batches: ${'A'.repeat(2_000_000)}`],
  [
    'settings',
    `Result  (cost=0.00..0.01 rows=1 width=4)\n${`Settings: ${'a'.repeat(19_000)}\n`.repeat(100)}`,
  ],
  ['brackets', '['.repeat(2_000_000)],
  ['quotes', `Result  (cost=0.00..0.01 rows=1 width=4)\n  Filter: ${"'".repeat(1_999_999)}`],
  [
    'depth',
    `Result  (cost=0.00..0.01 rows=1 width=4)\n${Array.from({ length: 1000 }, (_, at) => `${' '.repeat(2 + at * 6)}->  Limit  (cost=0.00..0.01 rows=1 width=4)`).join('\n')}`,
  ],
])('a hostile text of %s is done with quickly', (_, given) => {
  const from = Date.now();
  try {
    readExplain(given);
  } catch (error) {
    expect(error).toBeInstanceOf(PlanTextError);
  }
  expect(Date.now() - from).toBeLessThan(3000);
});

test('a plan with lines missing, cut or moved is read or refused, never a failure', () => {
  const line = fc.tuple(fc.nat(200), fc.constantFrom('drop', 'cut', 'left', 'right', 'double'));
  fc.assert(
    fc.property(
      fc.constantFrom(...fixtureNames()),
      fc.array(line, { minLength: 1, maxLength: 4 }),
      (name, changes) => {
        const lines = readFixture(name).text.split('\n');
        for (const [place, change] of changes) {
          const at = place % lines.length;
          const text = lines[at] ?? '';
          const changed = {
            ...{ drop: [], cut: [text.slice(0, text.length / 2)], double: [text, text] },
            ...{ left: [text.trimStart()], right: [`    ${text}`] },
          }[change];
          lines.splice(at, 1, ...changed);
          if (lines.length === 0) return;
        }
        try {
          const { root, execution } = readExplain(lines.join('\n'));
          planFindings(root, '', {}, { execution });
          comparePlans(root, root);
        } catch (error) {
          if (!(error instanceof PlanTextError)) throw error;
        }
      },
    ),
    { seed: 20_261_123, numRuns: 1000 },
  );
});
