/** Incidents over the API: opened from an alert and by hand, evidence frozen, walked to the review. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initialState } from '@/lib/alert/transition';
import type { AlertsBody, IncidentDetailBody, IncidentsBody } from '@/lib/contract';
import { type RunningApi, startApi } from '@/scripts/servers/api';

let api: RunningApi;
const hostile = '<script>alert(1)</script> `|` [x](http://evil.example) # "=cmd()"';

beforeAll(async () => {
  api = await startApi();
  await api.db.query(
    `insert into cluster (name) values ('orders'), ('stock');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at) values
       ('orders-1', 1, 'postgres', 'h', 1, 'd', 'u', now()), ('stock-1', 2, 'postgres', 'h', 2, 'd', 'u', now());
     insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 hour' from instance;
     insert into instance_status (instance_id, state, role, last_seen, last_attempt) select id, 'up', 'primary', now(), now() from instance`,
  );
  await api.db.query(
    `insert into activity (instance_id, at, sessions, wanted_until) values (1, now(), $1, now())`,
    [
      JSON.stringify([
        session(10, { blocked_by: [11] }),
        session(11),
        session(12, { state: 'idle' }),
      ]),
    ],
  );
});
afterAll(() => api?.stop());

const session = (pid: number, more: Record<string, unknown> = {}) => ({
  ...{ pid, started: '2026-01-01', kind: 'client backend', user: 'shop', database: 'shop' },
  ...{ application: 'web', client: null, state: 'active', transaction_ms: 5, statement_ms: 5 },
  wait: more.blocked_by ? { class: 'Lock', event: 'transactionid' } : null,
  ...{ state_ms: 5, rows_changed: null, statement: null, blocked_by: [], leader: null, ...more },
});

async function fire(rule: string, instance: number, ageMs: number): Promise<string> {
  const since = Date.now() - ageMs;
  const facts = {
    ...{ kind: 'alert', message: 'firing', alert: null, rule, runbook: null, labels: {} },
    ...{ says: { en: 'Sessions wait for locks', ja: 'ロック待ち' }, fix: { en: '', ja: '' } },
    instance: { id: String(instance), name: `i${instance}`, role: 'primary' },
    cluster: { id: String(instance), name: 'c' },
    ...{ metric: 'm', column: 'c', unit: 'count', per_second: false, level: 'critical' },
    ...{ direction: 'above', value: 9, threshold: 1, peak: 9, reason: 'crossed', at: since },
    ...{ fired_at: since, resolved_at: null },
  };
  const state = {
    ...initialState(since),
    phase: 'firing',
    level: 'critical',
    since,
    firedAt: since,
  };
  const { rows } = await api.db.query(
    `insert into alert (rule_id, instance_id, labels, condition, state, facts) values ($1, $2, '{}', $3, $4, $5) returning id::text`,
    [
      ...[rule, instance, JSON.stringify({ direction: 'above', warning: 1, critical: 2 })],
      ...[JSON.stringify(state), JSON.stringify(facts)],
    ],
  );
  await api.db.query(
    `insert into alert_transition (alert_id, at, body) values ($1, to_timestamp($2 / 1000.0), $3)`,
    [
      rows[0].id,
      since,
      JSON.stringify({ to: 'firing', level: 'critical', reason: 'crossed', value: 9 }),
    ],
  );
  return rows[0].id;
}

const say = async <T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) => {
  const answer = await api.call(method, `/api/v1${path}`, {
    ...{ as: 'operator' },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
};
type Refusal = { error: { message: string; details?: { fields?: Record<string, string> } } };
let first: IncidentDetailBody;

test('one opened from an alert takes its words, its begin and what fires beside it, and freezes what is known', async () => {
  const alert = await fire('postgres.locks/waits', 1, 300_000);
  await fire('postgres.load/high', 1, 200_000);
  await fire('postgres.load/high', 2, 200_000);
  const opened = await say<IncidentDetailBody>('POST', '/incidents', { alert });
  expect(opened.status).toBe(201);
  first = opened.body;
  expect(first).toMatchObject({
    ...{ severity: 'critical', phase: 'detect', cluster: { id: '1', name: 'orders' } },
    ...{ title: 'Sessions wait for locks (i1)', firing: 2, opened_by: 'token operator' },
    ...{ acknowledged_at: null, next: ['triage', 'mitigate', 'review'], similar: [] },
  });
  expect(first.alerts.map(({ rule }) => rule).sort()).toEqual([
    ...['postgres.load/high', 'postgres.locks/waits'],
  ]);
  expect(Date.now() - first.started_at).toBeGreaterThan(299_000);
  const kinds = first.evidence.map(({ kind, instance }) => [kind, instance]);
  expect(kinds).toEqual([
    ...[
      ['verdict', null],
      ['sessions', 'orders-1'],
      ['statements', null],
    ],
    ...[
      ['alerts', null],
      ['settings', null],
      ['replication', null],
      ['events', null],
      ['charts', null],
    ],
  ]);
  const fired = first.evidence.find(({ kind }) => kind === 'alerts')?.body as { rule: string }[];
  expect(fired.map(({ rule }) => rule)).toEqual(first.alerts.map(({ rule }) => rule));
  const sessions = first.evidence.find(({ kind }) => kind === 'sessions')?.body as {
    sessions: { pid: number }[];
    blocking: unknown[];
  };
  // Who holds others up comes first, who is idle last.
  expect(sessions.sessions.map(({ pid }) => pid)).toEqual([11, 10, 12]);
  expect(sessions.blocking).toMatchObject([{ blocker: 11, waiting: 1 }]);
});

test('what is frozen stays when the sessions have gone on', async () => {
  await api.db.query(`update activity set sessions = '[]'`);
  const { body } = await say<IncidentDetailBody>('GET', `/incidents/${first.id}`);
  expect(body.evidence).toEqual(first.evidence);
});

test('an alert of an open incident leads to it, also when two open it at once', async () => {
  const again = await Promise.all(
    first.alerts.map(({ id }) => say<IncidentDetailBody>('POST', '/incidents', { alert: id })),
  );
  expect(again.map(({ body }) => body.id)).toEqual([first.id, first.id]);
  const alert = await fire('instance/down', 2, 0);
  const both = await Promise.all(
    [1, 2].map(() => say<IncidentDetailBody>('POST', '/incidents', { alert })),
  );
  expect(new Set(both.map(({ body }) => body.id)).size).toBe(1);
  await api.db.query('delete from incident where id = $1', [both[0]?.body.id]);
  await api.db.query('delete from alert where id = $1', [alert]);
});

test('what began when a value crossed is detected when its alert fired', async () => {
  const alert = await fire('postgres.wal/slow', 2, 60_000);
  await api.db.query(
    `insert into alert_transition (alert_id, at, body) values
       ($1, now() - interval '1 hour', '{"from": "ok", "to": "pending"}'), ($1, now() - interval '59 minutes', '{"from": "pending", "to": "ok"}'),
       ($1, now() - interval '3 minutes', '{"from": "ok", "to": "pending"}')`,
    [alert],
  );
  const { body } = await say<IncidentDetailBody>('POST', '/incidents', { alert });
  expect(Math.round((body.to_detect_ms ?? 0) / 10_000)).toBe(12);
  await api.db.query('delete from incident where id = $1', [body.id]);
  await api.db.query('delete from alert where id = $1', [alert]);
});

test('sessions of yesterday are not taken for those of now', async () => {
  await api.db.query(
    `update activity set at = now() - interval '1 day', wanted_until = now() - interval '1 day'
     where instance_id = 1`,
  );
  const { body } = await say<IncidentDetailBody>('POST', '/incidents', {
    ...{ title: 'Late', cluster: '1', severity: 'warning' },
  });
  expect(body.evidence.find(({ kind }) => kind === 'sessions')).toMatchObject({
    ...{ body: null, reason: expect.stringMatching(/^the sessions were last read at /) },
  });
  const { rows } = await api.db.query(
    'select wanted_until > now() as wanted from activity where instance_id = 1',
  );
  expect(rows).toEqual([{ wanted: true }]);
  // What fires in the cluster belongs to it, opened by hand or not.
  expect(body.alerts.length).toBeGreaterThan(0);
  await api.db.query('delete from incident where id = $1', [body.id]);
}, 20_000);

test('what could not be read says why', async () => {
  const { body } = await say<IncidentDetailBody>('POST', '/incidents', {
    ...{ title: 'By hand', cluster: '2', severity: 'warning' },
  });
  const sessions = body.evidence.find(({ kind }) => kind === 'sessions');
  expect(sessions).toMatchObject({ body: null, reason: 'the sessions were never read' });
});

test('the flow stamps who took it on, what was done, and what was terminated elsewhere', async () => {
  const path = `/incidents/${first.id}`;
  await say('PATCH', path, { phase: 'triage' });
  await say('POST', `${path}/events`, { kind: 'note', text: hostile });
  await say('POST', `${path}/events`, {
    ...{ kind: 'mitigation', mitigation: 'rate_limit', text: 'Half of the reports' },
  });
  await api.db.query(
    `insert into audit_entry (actor, action, object, details) values
       ('operator', 'session.terminate', 'instance 1', '{"pid": 11, "user": "shop", "outcome": "asked"}'),
       ('operator', 'session.terminate', 'instance 1', '{"pid": 11, "user": "shop", "outcome": "done"}')`,
  );
  const { body } = await say<IncidentDetailBody>('PATCH', path, { phase: 'mitigate' });
  expect(body).toMatchObject({ phase: 'mitigate', acknowledged_at: expect.any(Number) });
  expect(body.mitigations).toMatchObject([
    { what: 'rate_limit', text: 'Half of the reports', actor: 'token operator', effect: null },
    { what: 'session.terminate', text: 'pid 11 shop', actor: 'operator', effect: null },
  ]);
  expect(body.timeline.map(({ kind, what }) => `${kind} ${what}`.trim())).toEqual([
    ...['alert firing', 'alert firing', 'opened alert', 'phase triage', 'note'],
    ...['mitigation rate_limit', 'action session.terminate', 'phase mitigate'],
  ]);
});

test.each([
  ['a phase that may not follow', { phase: 'closed' }, 'phase', 'does not follow mitigate'],
  ['a begin after detection', { started_at: Date.now() }, 'started_at', 'after it was detected'],
  [
    'a review without the version it was read with',
    { review: { summary: 'x' } },
    'version',
    'needed',
  ],
])('%s is refused, and the field named', async (_, patch, field, message) => {
  const { status, body } = await say<Refusal>('PATCH', `/incidents/${first.id}`, patch);
  expect(status).toBe(422);
  expect(body.error.details?.fields?.[field]).toContain(message);
});

test('two who write the review do not write over each other', async () => {
  const path = `/incidents/${first.id}`;
  const review = { summary: 'A report held a lock.', tasks: [] };
  expect((await say('PATCH', path, { review, version: 0 })).status).toBe(200);
  const { status } = await say('PATCH', path, { review: { summary: 'Mine' }, version: 0 });
  expect(status).toBe(409);
  const { body } = await say<IncidentDetailBody>('GET', path);
  expect(body).toMatchObject({ version: 1, review: { summary: 'A report held a lock.' } });
});

test('none is closed without a summary', async () => {
  const { body } = await say<IncidentDetailBody>('POST', '/incidents', { title: 'False alarm' });
  await say('PATCH', `/incidents/${body.id}`, { phase: 'review' });
  const refused = await say<Refusal>('PATCH', `/incidents/${body.id}`, { phase: 'closed' });
  expect(refused.status).toBe(422);
  expect(refused.body.error.details?.fields?.phase).toContain('summary');
});

test('the review is a document in which hostile words are words', async () => {
  const path = `/incidents/${first.id}`;
  const tasks = [{ text: hostile, owner: 'kim', due: '2026-12-01' }];
  await say('PATCH', path, { review: { cause: hostile, tasks }, version: 1 });
  for (const phase of ['fix', 'review', 'closed']) await say('PATCH', path, { phase });
  for (const [language, heading] of [
    ['en', '## Cause'],
    ['ja', '## 原因'],
  ] as const) {
    const address = `/api/v1${path}/review?language=${language}`;
    const answer = await api.call('GET', address, { as: 'viewer' });
    expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain(heading);
    expect(text).toContain('A report held a lock');
    expect(text).toContain('2026-12-01');
    expect(text).not.toMatch(/(?<!\\)<script/);
    expect(text).not.toContain('](http');
    expect(text).not.toMatch(/https?:\/\//);
  }
});

test('the list has open ones first, its measures know what is known', async () => {
  const { body } = await say<IncidentsBody>('GET', '/incidents');
  expect(body.incidents.at(-1)).toMatchObject({ id: first.id, phase: 'closed', tasks_open: 1 });
  expect(body.months).toHaveLength(1);
  expect(body.months[0]).toMatchObject({ incidents: 3, to_recover_ms: expect.any(Number) });
  expect((await say<IncidentsBody>('GET', '/incidents?state=open')).body.incidents).toHaveLength(2);
});

test('the next one shows the one before that fired by the same rule, with what it found', async () => {
  const { body: alerts } = await say<AlertsBody>('GET', '/alerts');
  const alert = alerts.alerts.find(({ rule }) => rule === 'postgres.locks/waits');
  const { body } = await say<IncidentDetailBody>('POST', '/incidents', { alert: alert?.id });
  expect(body.similar[0]).toMatchObject({
    ...{ incident: { id: first.id }, summary: 'A report held a lock.', cause: hostile },
    shared: [
      { kind: 'rule', values: expect.arrayContaining(['postgres.locks/waits']) },
      { kind: 'cluster', values: ['orders'] },
    ],
  });
});

test('one outlives its cluster, whose name it keeps', async () => {
  await api.db.query('delete from instance where cluster_id = 1; delete from cluster where id = 1');
  const { body } = await say<IncidentDetailBody>('GET', `/incidents/${first.id}`);
  expect(body).toMatchObject({ cluster: { id: null, name: 'orders' } });
});
