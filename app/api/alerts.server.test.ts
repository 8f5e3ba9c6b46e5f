import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliver } from '@/lib/notify/deliver';
import { open } from '@/lib/secret/open';
import { type RunningApi, startApi } from '@/scripts/servers/api';
import { type FakeSlack, startFakeSlack } from '@/scripts/servers/fake-slack';

const rootKey = 'k'.repeat(43);
let api: RunningApi;
let slack: FakeSlack;

beforeAll(async () => {
  slack = await startFakeSlack();
  api = await startApi(rootKey);
  await api.db.query(
    `insert into cluster (name) values ('c');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('i', 1, 'postgres', 'h', 5432, 'd', 'u', now())`,
  );
});
afterAll(async () => {
  await api?.stop();
  await slack?.stop();
});

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) {
  const answer = await api.call(method, `/api/v1${path}`, body === undefined ? {} : { body });
  const text = await answer.text();
  return { status: answer.status, text, body: text === '' ? null : JSON.parse(text) };
}
const rule = {
  ...{ metric: 'postgres.connection-use', column: 'used_ratio', direction: 'above', warning: 0.7 },
  says: { en: 'Nearly full', ja: 'ほぼ満杯' },
};

test('a default rule is there from the start, is changed, and gets its defaults back', async () => {
  const id = 'postgres.connection-use/nearly-full';
  const find = async () =>
    (await call('GET', '/rules')).body.rules.find((one: { id: string }) => one.id === id);
  const before = await find();
  expect(before).toMatchObject({ origin: 'default', enabled: true });
  const changed = await call('PATCH', '/rules', { id, warning: 0.5 });
  expect(changed.body).toMatchObject({ id, warning: 0.5, origin: 'changed' });
  expect((await call('DELETE', `/rules?id=${encodeURIComponent(id)}`)).status).toBe(204);
  expect(await find()).toEqual(before);
});

test('a rule is made on a column with numbers; anything else is refused by its field', async () => {
  const made = await call('POST', '/rules', rule);
  expect(made).toMatchObject({ status: 201, body: { origin: 'custom', unit: 'ratio' } });
  for (const [change, field] of [
    [{ metric: 'postgres.nothing' }, 'metric'],
    [{ column: 'constructor' }, 'column'],
    [{ warning: null }, 'warning'],
    [{ critical: 0.6 }, 'critical'],
    [{ recovery: 0.8 }, 'recovery'],
    [{ for_ms: -1 }, 'for_ms'],
    [{ runbook: 'javascript:alert(1)' }, 'runbook'],
  ] as const) {
    const answer = await call('POST', '/rules', { ...rule, ...change });
    expect([field, answer.status]).toEqual([field, 422]);
    expect(Object.keys(answer.body.error.details.fields)).toEqual([field]);
  }
  expect((await call('DELETE', `/rules?id=${encodeURIComponent(made.body.id)}`)).status).toBe(204);
});

test('a rule without history would never have fired', async () => {
  const { says: _, ...condition } = rule;
  const input = { ...condition, critical: null, for_ms: 0, recovery: null, keep_firing_ms: 0 };
  expect((await call('POST', '/rules/backtest', input)).body).toMatchObject({
    fired: 0,
    episodes: [],
  });
});

test('a channel’s address is sealed and given back by nothing', async () => {
  const secret = 'https://hooks.slack.com/services/CANARY/7f3a';
  const made = await call('POST', '/channels', { name: 'ops', kind: 'slack', url: secret });
  expect(made.body).toMatchObject({ secret_stored: true, waiting: 0, broken: null });
  const changed = await call('PATCH', `/channels/${made.body.id}`, { language: 'ja' });
  const rest = [changed, await call('GET', '/channels'), await call('GET', '/audit')];
  for (const { text } of [made, ...rest]) expect(text).not.toContain('CANARY');
  const { rows } = await api.db.query('select id, secret from channel');
  expect(rows[0].secret).not.toContain('CANARY');
  const place = { table: 'channel', row: String(rows[0].id), column: 'secret' };
  expect(JSON.parse(open(rootKey, rows[0].secret, place))).toEqual({ url: secret });
  expect(
    (await call('POST', '/channels', { name: 'ops', kind: 'slack', url: secret })).status,
  ).toBe(409);
  await call('DELETE', `/channels/${made.body.id}`);
});

test('addresses that are not Slack’s, hold a password or no TLS are refused', async () => {
  for (const url of [
    'http://hooks.slack.com/services/x',
    'https://hooks.slack.com@10.0.0.1/services/x',
    'https://hooks.slack.com.evil.example/services/x',
    'https://hooks.slack.com:8443/services/x',
    'https://hooks.slack.com/other',
    'https://127.1/services/x',
    'file:///etc/passwd',
    'nothing',
  ]) {
    const answer = await call('POST', '/channels', { name: 'x', kind: 'slack', url });
    expect([url, answer.status]).toEqual([url, 422]);
    expect(answer.text).not.toContain(url);
  }
});

test('the test of a channel takes the way of alerts and gives the real answer; what was given up is sent again', async () => {
  const made = await call('POST', '/channels', {
    ...{ name: 'test', kind: 'slack', url: `${slack.url}/a`, allow_private: true, language: 'ja' },
  });
  slack.script.set('/a', [{ status: 404, text: 'no_service' }]);
  const path = `/channels/${made.body.id}/test`;
  const turn = () =>
    deliver(api.db, {
      ...{ owner: 'test', baseUrl: null, log: () => undefined, gapMs: 0 },
      openSecret: ({ id, secret }) =>
        JSON.parse(
          open(rootKey, secret ?? '', { table: 'channel', row: String(id), column: 'secret' }),
        ),
    });
  const delivering = setInterval(() => void turn(), 50);
  const failed = await call('POST', path);
  expect(failed.body).toMatchObject({
    ok: false,
    state: 'dead',
    status: 404,
    answer: 'no_service',
  });
  expect((await call('POST', `/deliveries/${failed.body.delivery}/replay`)).status).toBe(204);
  expect((await call('POST', path)).body).toMatchObject({ ok: true, state: 'sent', status: 200 });
  clearInterval(delivering);
  expect(slack.received.at(-1)?.body).toContain('通知チャネルのテスト');
  const log = (await call('GET', `/deliveries?channel=${made.body.id}`)).body.deliveries;
  expect(log.map((one: { state: string }) => one.state)).toEqual(['sent', 'sent']);
  expect(log[1].attempts.map((one: { status: number }) => one.status)).toEqual([404, 200]);
});

test('an alert is listed with its history and acknowledged by an operator, once it fires', async () => {
  const state = {
    ...{ phase: 'firing', level: 'critical', since: 1, heldMs: 0, firedAt: 1, resolvedAt: null },
    ...{ health: 'fresh', healthSince: 1, dataAt: 1, value: 0.95, peak: 0.95, suppressed: null },
    ...{ ackedUntil: null, told: 'critical', toldAt: 1 },
  };
  const facts = {
    ...{
      rule: 'postgres.connection-use/nearly-full',
      says: rule.says,
      fix: rule.says,
      runbook: null,
    },
    ...{ instance: { id: '1', name: 'i', role: 'primary' }, cluster: { id: '1', name: 'c' } },
    ...{ labels: {}, metric: rule.metric, column: rule.column, unit: 'ratio', per_second: false },
  };
  const condition = { direction: 'above', warning: 0.7, critical: 0.9 };
  await api.db.query(
    `insert into alert (rule_id, instance_id, labels, condition, state, facts) values ('r/a', 1, '{}', $1, $2, $3)`,
    [condition, state, facts].map((one) => JSON.stringify(one)),
  );
  const [alert] = (await call('GET', '/alerts?state=open')).body.alerts;
  expect(alert).toMatchObject({ phase: 'firing', threshold: 0.9, acked_until: null });
  const refused = await api.call('POST', `/api/v1/alerts/${alert.id}/ack`, {
    as: 'viewer',
    body: {},
  });
  expect(refused.status).toBe(403);
  const acked = await call('POST', `/alerts/${alert.id}/ack`, { hours: 1 });
  expect(acked.body).toMatchObject({ acked_by: expect.stringContaining('admin') });
  expect(acked.body.acked_until).toBeGreaterThan(Date.now() + 3_500_000);
  expect(acked.body.history.at(-1)).toMatchObject({ reason: 'acknowledged' });
  await api.db.query(`update alert set state = state || '{"phase": "resolved"}'`);
  expect((await call('POST', `/alerts/${alert.id}/ack`, { hours: 1 })).status).toBe(409);
});

test('a silence always has an end, a reason and an author, and can be ended early', async () => {
  const ends_at = Date.now() + 3_600_000;
  const made = await call('POST', '/silences', { instance: '1', ends_at, reason: 'upgrade' });
  expect(made.body).toMatchObject({ instance_name: 'i', reason: 'upgrade', ends_at });
  for (const [input, field] of [
    [{ instance: '1', reason: 'x', ends_at: 5 }, 'ends_at'],
    [{ instance: '1', reason: 'x', ends_at: Date.now() + 40 * 86_400_000 }, 'ends_at'],
    [{ reason: 'x', ends_at }, 'instance'],
    [{ instance: '77', reason: 'x', ends_at }, 'instance'],
  ] as const) {
    const answer = await call('POST', '/silences', input);
    expect([answer.status, Object.keys(answer.body.error.details.fields)]).toEqual([422, [field]]);
  }
  expect((await call('DELETE', `/silences/${made.body.id}`)).status).toBe(204);
  expect((await call('DELETE', `/silences/${made.body.id}`)).status).toBe(404);
});
