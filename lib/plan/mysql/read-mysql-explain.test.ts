import { expect, test } from 'vitest';
import type { PlanNode } from '@/lib/contract';
import { formsOf, mysqlFixtureNames, readMysqlFixture } from '@/scripts/mysql-plans/read-fixture';
import { planFindings } from '../plan-findings';
import { PlanTextError } from '../plan-text-error';
import { readExplain } from '../read-explain';
import { withoutMysqlLiterals } from './mysql-literals';
import { nameTables } from './name-tables';

const read = (name: string, form: 'json' | 'json_v2' | 'tree' | 'analyzed' | 'analyzed_json') =>
  readExplain(readMysqlFixture(name)[form] ?? '');
const all = (node: PlanNode): PlanNode[] => [node, ...node.children.flatMap(all)];
const textOnly = (_: string, value: unknown) => (typeof value === 'number' ? 0 : value);
const outline = (node: PlanNode): unknown => [node.type, node.index, node.children.map(outline)];

test('each form of each recorded plan is recognised and read, with its engine', () => {
  const names = mysqlFixtureNames();
  expect(names.length).toBeGreaterThan(60);
  for (const name of names) {
    const fixture = readMysqlFixture(name);
    for (const [form, text] of formsOf(fixture)) {
      const { root } = readExplain(text);
      expect([name, form, root.engine]).toEqual([name, form, fixture.engine]);
      for (const node of all(root)) {
        expect(node.type, `${name} ${form}`).toMatch(/^[A-Z<]/);
        expect(node.type, `${name} ${form}`).not.toMatch(/Unknown|…|[=:'"`]/);
      }
    }
  }
});

test('no literal of a statement is kept', () => {
  // Figures may hold any digits.
  for (const name of mysqlFixtureNames())
    for (const [form, text] of formsOf(readMysqlFixture(name)))
      expect(JSON.stringify(readExplain(text), textOnly), `${name} ${form}`).not.toMatch(
        /lost|City \d|0917|917\b|customer77|2025-|[^p]2024\b|omer 77|note 7|model 7/,
      );
});

test('JSON version 2 and the tree are the same plan', () => {
  for (const name of mysqlFixtureNames().filter((one) => one.endsWith('-mysql')))
    expect(outline(read(name, 'json_v2').root), name).toEqual(outline(read(name, 'tree').root));
});

test('the tree of an execution and its JSON have the same steps', () => {
  for (const name of mysqlFixtureNames().filter((one) => one.endsWith('-mysql')))
    if (readMysqlFixture(name).analyzed)
      expect(outline(read(name, 'analyzed_json').root), name).toEqual(
        outline(read(name, 'analyzed').root),
      );
});

test('what MySQL’s older JSON calls ALL, ref and range has the tree’s words', () => {
  const scans = (node: PlanNode) =>
    all(node)
      .filter(({ relation, index }) => relation !== null && (index === null || index !== 'PRIMARY'))
      .map(({ type, relation, index }) => `${type} ${relation?.split('.').at(-1)} ${index}`);
  for (const name of [
    'seq-scan',
    'range',
    'index-lookup',
    'covering',
    'leading-column',
    'filesort',
  ])
    expect(scans(read(`${name}-mysql`, 'json').root)).toEqual(
      scans(read(`${name}-mysql`, 'tree').root),
    );
});

test.each(['mysql', 'mariadb'])('a condition’s thrown-away rows, %s', (engine) => {
  const { root, execution } = read(`seq-scan-${engine}`, 'analyzed');
  expect(root).toMatchObject({
    type: 'Table scan',
    relation: 'orders',
    rows_actual: 2,
    actual: { loops: 1, never_executed: false, rows_removed: { filter: 99_998 } },
  });
  expect(root.rows_examined).toBeGreaterThan(90_000);
  expect(root.details.find(({ name }) => name === 'Filter')?.value).toContain('customer_id = ?');
  expect(execution.execution_ms).toBe(root.time_ms);
});

test.each(['mysql', 'mariadb'])('times of loops: whole, and the step’s own, %s', (engine) => {
  const { root } = read(`dependent-subquery-${engine}`, 'analyzed');
  const [subquery] = root.children;
  expect(subquery).toMatchObject({ type: 'Subquery', actual: { loops: 300 } });
  expect(root.time_ms).toBeGreaterThanOrEqual(subquery?.time_ms ?? Number.POSITIVE_INFINITY);
  expect(root.actual?.self_ms ?? 1e9).toBeLessThan((root.time_ms ?? 0) / 10);
  const sum = all(root).reduce((total, { actual }) => total + (actual?.self_ms ?? 0), 0);
  expect(sum).toBeLessThanOrEqual((root.time_ms ?? 0) * 1.01);
});

test('MariaDB: passes of a sort that spills, and of one that does not', () => {
  const sort = (name: string) =>
    all(read(name, 'analyzed').root).find(({ type }) => type === 'Sort') as PlanNode;
  const passes = (name: string) =>
    Number(sort(name).details.find((one) => one.name === 'Sort passes')?.value ?? 0);
  expect(passes('filesort-spill-mariadb')).toBeGreaterThan(1);
  expect(passes('filesort-limit-mariadb')).toBe(0);
});

test('a step that was never executed has no rows', () => {
  const never = all(read('cte-mysql', 'analyzed').root).filter(
    ({ actual }) => actual?.never_executed,
  );
  expect(never.map(({ rows_actual, time_ms }) => [rows_actual, time_ms])).toEqual([[null, null]]);
});

const tree = readMysqlFixture('nested-loop-mysql').tree ?? '';
const json = readMysqlFixture('nested-loop-mariadb').json;
const plain = { tree: outline(readExplain(tree).root), json: outline(readExplain(json).root) };

test.each([
  [
    'the table of the client',
    `+----+\n| EXPLAIN |\n+----+\n| ${tree} |\n+----+\n1 row in set (0.01 sec)`,
  ],
  [
    '\\G',
    `*************************** 1. row ***************************\nEXPLAIN: ${tree}\n1 row in set (0,00 sec)`,
  ],
  ['batch mode', `EXPLAIN\n${tree.replaceAll('\n', '\\n')}`],
  ['with CRLF', tree.replaceAll('\n', '\r\n')],
  ['moved to the right', tree.replace(/^/gm, '    ')],
])('the tree in %s', (_, text) => {
  expect(outline(readExplain(text).root)).toEqual(plain.tree);
});

test.each([
  ['the table of the client', `+----+\n| EXPLAIN |\n+----+\n| ${json} |\n+----+`],
  ['\\G', `*** 1. row ***\nEXPLAIN: ${json}\n1 row in set, 1 warning (0.00 sec)`],
  ['batch mode', `EXPLAIN\n${json.replaceAll('\n', '\\n')}`],
  ['one line', JSON.stringify(JSON.parse(json))],
])('MariaDB’s JSON in %s', (_, text) => {
  expect(outline(readExplain(text).root)).toEqual(plain.json);
});

test('a JSON that ends too early is said with its line', () => {
  expect(() => readExplain(json.slice(0, 200))).toThrow(/line \d+: .*ends too early/);

  expect(() => readExplain('{"query_plan": {}}')).toThrow(/without a plan/);
});

test.each([
  [`(\`t\`.\`a b\` = 'it\\'s')`, '(`t`.`a b` = ?)'],
  [`(t.c = _utf8mb4'x''y')`, '(t.c = ?)'],
  ['(a = 0x1F and b = -1.5e-3 and c2 = t1.c3)', '(a = ? and b = ? and c2 = t1.c3)'],
  ['(x > (select #2))', '(x > (select #2))'],
  ["(d = DATE'2024-01-01')", '(d = DATE?)'],
  ['(j = "json text")', '(j = ?)'],
  ["(cut = 'no end", '(cut = ?'],
])('%s is kept as %s', (given, kept) => {
  expect(withoutMysqlLiterals(given)).toBe(kept);
});

test('with the statement’s text, the steps name tables and not aliases', () => {
  const named = (name: string, statement?: string) => {
    const fixture = readMysqlFixture(name);
    const { root } = readExplain(fixture.json);
    nameTables(root, statement ?? fixture.statement, 'shop');
    return all(root).flatMap(({ relation }) => relation ?? []);
  };
  for (const engine of ['mysql', 'mariadb']) {
    expect(named(`nested-loop-${engine}`)).toEqual(['shop.orders', 'shop.customer']);
    expect(named(`seq-scan-${engine}`)).toEqual(['shop.orders']);
  }
  const sql = 'SELECT * FROM `x` . `purchase` AS `o` , `customer` c WHERE ?';
  expect(named('nested-loop-mysql', sql)).toEqual(['x.purchase', 'shop.customer']);
  expect(named('nested-loop-mysql', 'select a, b from d.purchase o, customer as c')).toEqual([
    'd.purchase',
    'shop.customer',
  ]);
  // One alias of two tables.
  expect(named('nested-loop-mysql', 'select from a o join (select from b o) c')).toEqual([
    'o',
    'c',
  ]);
});

test('2 MiB of anything are read or refused in seconds', () => {
  const most = 2 * 1024 * 1024;
  for (const [head, part] of [
    ['-> Filter: (', ' '],
    ['-> Filter: (', '\n(cost=1'],
    ['-> Filter: (', '(actual rows=1 '],
    ['| {"query_block": 1', ' '],
    ['', '\n'],
    ['-> a', '\n b'],
    ['-> A on a ', '_a '],
  ] as const) {
    const text = head + part.repeat((most - head.length) / part.length);
    const start = performance.now();
    try {
      readExplain(text);
    } catch (error) {
      expect((error as Error).name).toBe('Error');
    }
    expect(performance.now() - start, JSON.stringify([head, part])).toBeLessThan(5000);
  }
}, 60_000);

test('a tree of 6,000 steps and one 2,000 deep are read or refused, not fatal', () => {
  const wide = `-> Append\n${'    -> Rows fetched before execution\n'.repeat(6000)}`;
  expect(() => readExplain(wide)).toThrow(/more than 5000 steps/);
  const deep = Array.from(
    { length: 2000 },
    (_, i) => `${' '.repeat(i * 4)}-> Limit: 1 row(s)`,
  ).join('\n');
  expect(() => readExplain(deep)).toThrow(/more than 200 steps deep/);
  const nested = `{"query_block": ${'{"ordering_operation": '.repeat(2000)}{}${'}'.repeat(2000)}}`;
  expect(() => readExplain(nested)).not.toThrow();
});

test('MariaDB: a table that is planned anew for each row, and one that is hashed', () => {
  const checked = all(read('range-checked-mariadb', 'json').root).map(({ type, relation }) => [
    type,
    relation,
  ]);
  expect(checked).toContainEqual(['Table scan', 'o']);
  const buffered = read('join-buffer-mariadb', 'analyzed').root;
  expect(buffered.actual?.rows_removed.join_filter).toBe(1667 * 5000);
  const hashed = read('hash-join-cache-mariadb', 'json').root;
  expect(outline(hashed)).toEqual([
    'Hash join',
    null,
    [
      ['Index lookup', 'orders_status', []],
      ['Table scan', null, []],
    ],
  ]);
});

/** As the manual of 8.0 and talks about it print plans: no spaces around `=`, costs as decimals, lines broken. */
test('a tree of MySQL 8.0', () => {
  const { root } = readExplain(`
-> Nested loop inner join  (cost=550.98 rows=404)
    (actual time=0.121..5.131 rows=1 loops=1)
    -> Filter: (city.\`Name\` = 'Roma')  (cost=409.75 rows=404)
       (actual time=0.0126..4.0221 rows=1 loops=1)
        -> Table scan on city  (cost=409.75 rows=4035) (actual time=0.010..3.5 rows=4079 loops=1)
    -> Single-row index lookup on country using PRIMARY (Code=city.CountryCode)  (cost=0.25 rows=1) (actual time=0.01..0.01 rows=1 loops=1)
`);
  expect(outline(root)).toEqual([
    'Nested loop inner join',
    null,
    [
      ['Table scan', null, []],
      ['Single-row index lookup', 'PRIMARY', []],
    ],
  ]);
  expect(root).toMatchObject({ cost: 550.98, rows_actual: 1, time_ms: 5.131 });
  expect(root.children[0]).toMatchObject({
    ...{ rows_estimated: 404, rows_examined: 4035 },
    actual: { rows_removed: { filter: 4078 } },
  });
  expect(JSON.stringify(root)).not.toContain('Roma');
});

/** MySQL 8.3 to 8.4 have the steps in the answer itself, later ones in `query_plan`. */
test('JSON version 2 of before 9.0', () => {
  const v2 = JSON.parse(readMysqlFixture('seq-scan-mysql').json_v2 ?? '');
  const older = { query: v2.query, ...v2.query_plan, query_type: 'select' };
  expect(outline(readExplain(JSON.stringify(older)).root)).toEqual(
    outline(readExplain(JSON.stringify(v2)).root),
  );
});

/** MariaDB 11 adds costs and expected loops. */
test('costs of MariaDB 11', () => {
  const { root } = readExplain(`{"query_block": {"select_id": 1, "cost": 0.0234, "nested_loop": [
    {"table": {"table_name": "t0", "access_type": "ALL", "loops": 1, "rows": 10, "cost": 0.0102, "filtered": 100, "attached_condition": "t0.a < 3"}}]}}`);
  expect(root).toMatchObject({
    engine: 'mariadb',
    type: 'Table scan',
    relation: 't0',
    cost: 0.0234,
  });
});

/** mulberry32: the same faults at each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test('a plan with parts missing, cut or of another kind is read or refused, never a failure', () => {
  const random = seeded(11);
  const odd = [null, [], {}, [null], '', 'text', -1, 1e308, true, [{}], { table: null }];
  const broken = (value: unknown, depth: number): unknown => {
    if (random() < 0.02 * depth) return odd[Math.floor(random() * odd.length)];
    if (Array.isArray(value))
      return value.filter(() => random() > 0.03).map((one) => broken(one, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, one]) =>
        random() < 0.03 ? [] : [[key, broken(one, depth + 1)]],
      ),
    );
  };
  const names = mysqlFixtureNames();
  for (let round = 0; round < 1500; round += 1) {
    const fixture = readMysqlFixture(names[Math.floor(random() * names.length)] ?? '');
    const forms = formsOf(fixture);
    const [, text] = forms[Math.floor(random() * forms.length)] ?? ['', ''];
    const given = text.startsWith('{')
      ? JSON.stringify(broken(JSON.parse(text), 0))
      : text
          .split('\n')
          .filter(() => random() > 0.2)
          .map((line) => (random() < 0.2 ? line.slice(Math.floor(random() * line.length)) : line))
          .join('\n');
    try {
      const { root, execution } = readExplain(given);
      planFindings(root, fixture.statement, {}, { execution });
    } catch (error) {
      if (!(error instanceof PlanTextError))
        throw new Error(`round ${round}: ${given}`, { cause: error });
    }
  }
}, 60_000);
