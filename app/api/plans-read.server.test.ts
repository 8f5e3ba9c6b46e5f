import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanReadBody } from '@/lib/contract';
import { readMysqlFixture } from '@/scripts/mysql-plans/read-fixture';
import { readFixture } from '@/scripts/read-plan-fixture';
import { type RunningApi, startApi } from '@/scripts/servers/api';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.stop());

const read = (body: unknown) => api.call('POST', '/api/v1/plans/read', { as: 'viewer', body });

test('a pasted plan is read with its findings, as text and as JSON, and nothing is kept', async () => {
  const { text, json } = readFixture('external-sort-15');
  for (const given of [text, JSON.stringify(json)]) {
    const answer = await read({ text: given });
    expect(answer.status).toBe(200);
    const { plan, findings } = (await answer.json()) as PlanReadBody;
    expect(plan.root).toMatchObject({ type: 'Sort', actual: { loops: 1 } });
    expect(plan.execution.execution_ms).toBeGreaterThan(1);
    expect(findings.map(({ kind }) => kind)).toContain('spill_sort');
  }
  expect((await api.db.query('select from plan')).rowCount).toBe(0);
});

test.each([
  ['mysql', 'tree'],
  ['mysql', 'json'],
  ['mysql', 'json_v2'],
  ['mysql', 'analyzed'],
  ['mariadb', 'json'],
  ['mariadb', 'analyzed'],
] as const)('a pasted plan of %s (%s) is recognised', async (engine, form) => {
  const answer = await read({ text: readMysqlFixture(`seq-scan-${engine}`)[form] });
  expect(answer.status).toBe(200);
  const { plan } = (await answer.json()) as PlanReadBody;
  expect(plan.root).toMatchObject({ engine, type: 'Table scan' });
});

test('what only the statement shows is found when it is given', async () => {
  const { text } = readFixture('external-sort-15');
  const answer = await read({ text, statement: 'select * from shop.orders order by 1' });
  const { findings } = (await answer.json()) as PlanReadBody;
  expect(findings.map(({ kind }) => kind)).toContain('select_star');
});

test.each([
  ['', 'plan_empty', 'is empty'],
  ['select 1', 'plan_no_plan', 'line 1: no step'],
  ['[\n{"Plan": {"Node Type": oops}}]', 'plan_json', 'line 2: '],
  ['{"a": 1}', 'plan_json_no_plan', 'is JSON without "Plan"'],
])('%j is refused with %s', async (text, code, message) => {
  const answer = await read({ text });
  expect(answer.status).toBe(422);
  const { error } = (await answer.json()) as {
    error: { code: string; details: { fields: { text: string } } };
  };
  expect(error.code).toBe(code);
  expect(error.details.fields.text).toContain(message);
});

test('2 MiB are read, more is refused', async () => {
  const line = '  Filter: (a = 1)\n';
  const head = 'Seq Scan on t  (cost=0.00..0.01 rows=1 width=4)\n';
  const most = 2 * 1024 * 1024;
  const fits = head + line.repeat(Math.floor((most - head.length) / line.length));
  expect((await read({ text: fits })).status).toBe(200);
  expect((await read({ text: fits + line })).status).toBe(422);
  expect((await read({ text: fits.repeat(2) })).status).toBe(413);
});
