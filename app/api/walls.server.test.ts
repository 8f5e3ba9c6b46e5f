import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { tokenHash } from '@/lib/auth/random-token';
import { type WallMadeBody, wallBody, wallMadeBody, wallStateBody } from '@/lib/contract';
import { type RunningApi, startApi } from '@/scripts/servers/api';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
  await api.db.query(
    `insert into cluster (name) values ('orders-canary'), ('billing-canary');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('o1-canary', 1, 'postgres', 'h', 5432, 'd', 'u', now()),
              ('b1-canary', 2, 'postgres', 'h', 5433, 'd', 'u', now());
     insert into instance_status (instance_id, state, role, last_seen, last_attempt)
       values (1, 'up', 'primary', now(), now()), (2, 'down', 'unknown', now() - interval '1 hour', now())`,
  );
});
afterAll(() => api?.stop());
beforeEach(() => api.db.query('delete from alert; delete from incident'));

async function make(given: object = {}): Promise<WallMadeBody> {
  const answer = await api.call('POST', '/api/v1/walls', { body: { name: 'lobby', ...given } });
  expect(answer.status).toBe(201);
  return wallMadeBody.parse(await answer.json());
}
const tokenIn = (made: WallMadeBody) => made.path.split('#')[1] ?? '';
const sameSite = { 'sec-fetch-site': 'same-origin' };
const open = (token: string, headers: Record<string, string> = sameSite) =>
  api.call('POST', '/wall/open', { as: null, body: { token }, headers });
const ask = (id: string, token: string) =>
  api.call('GET', `/wall/${id}/state`, {
    as: null,
    headers: { cookie: `a=b; yagura.wall=${token}`, 'x-yagura-client': '192.0.2.7' },
  });
/** A second answer at once may be the one that was just read. */
const fresh = () => new Promise((resolve) => setTimeout(resolve, 2100));

async function fire(given: object) {
  const facts = {
    ...{ rule: 'instance/down', says: { en: 'Down', ja: '停止' }, fix: { en: '', ja: '' } },
    ...{ runbook: null, labels: {}, metric: 'm', column: 'c', unit: 'count', per_second: false },
    instance: { id: '2', name: 'b1-canary', role: 'primary' },
    cluster: { id: '2', name: 'billing-canary' },
  };
  const state = {
    ...{ phase: 'firing', level: 'critical', since: Date.now(), firedAt: Date.now() },
    ...{ resolvedAt: null, value: 1, peak: 1, dataAt: Date.now(), health: 'fresh' },
    ...{ suppressed: null, ackedUntil: null, ...given },
  };
  const condition = { direction: 'above', warning: null, critical: 0, forMs: 0, recovery: null };
  await api.db.query(
    `insert into alert (rule_id, instance_id, labels, condition, state, facts) values ('instance/down', 2, '{}', $1, $2, $3)`,
    [JSON.stringify(condition), JSON.stringify(state), JSON.stringify(facts)],
  );
}

test('a link is shown once, only its hash is kept, and it is in no list and no audit entry', async () => {
  const made = await make();
  const token = tokenIn(made);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(made.plain_path).toBe(`/wall/open/${token}`);
  const { rows } = await api.db.query('select * from wall where id = $1', [made.id]);
  expect(rows[0].hash).toBe(tokenHash(token));
  expect(JSON.stringify(rows)).not.toContain(token);
  for (const address of ['/api/v1/walls', '/api/v1/audit'])
    expect(await (await api.call('GET', address)).text()).not.toContain(token);
  const audit = await (await api.call('GET', '/api/v1/audit')).json();
  expect(audit).toMatchObject({ entries: [{ action: 'wall_create', object: `wall ${made.id}` }] });
  expect(made.names || made.sql).toBe(false);
  expect((made.expires_at ?? 0) - Date.now()).toBeGreaterThan(29 * 86_400_000);
});

test('the token becomes a cookie of this wall alone, from the fragment and from the path', async () => {
  const made = await make();
  const token = tokenIn(made);
  const opened = await open(token);
  expect(await opened.json()).toEqual({ path: `/wall/${made.id}` });
  const plain = await api.call('GET', made.plain_path, { as: null });
  expect([plain.status, plain.headers.get('location')]).toEqual([303, `/wall/${made.id}`]);
  for (const answer of [opened, plain]) {
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toContain(`yagura.wall=${token}; Path=/wall/${made.id}; Max-Age=`);
    expect(cookie).toContain('; HttpOnly; SameSite=Lax');
  }
  expect((await open(token, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test('a state is what the wall may show: its clusters, worst first, without names or texts unless chosen', async () => {
  await fresh();
  await fire({});
  const hidden = await make({ panels: ['towers', 'alerts', 'replication', 'statements'] });
  const text = await (await ask(hidden.id, tokenIn(hidden))).text();
  expect(text).not.toContain('canary');
  const state = wallStateBody.parse(JSON.parse(text));
  expect(state.clusters.map((one) => [one.number, one.cluster, one.state])).toEqual([
    [2, null, 'critical'],
    [1, null, 'ok'],
  ]);
  expect(state.alerts).toMatchObject([{ takes_screen: true, number: 2, instance: null }]);
  expect(state.alerts[0]?.says.ja).toBe('停止');
  const chosen = await make({ names: true, clusters: ['1'] });
  const own = wallStateBody.parse(await (await ask(chosen.id, tokenIn(chosen))).json());
  expect(own.clusters.map((one) => one.cluster)).toEqual(['orders-canary']);
  expect([own.alerts, own.replicas?.length, own.statements]).toEqual([[], 0, null]);
  expect(JSON.stringify(own)).not.toContain('billing');
  expect(own.sentence).toMatchObject({ state: 'ok' });
});

test('a critical incident asks for the screen until it is mitigated, on the walls that may show it', async () => {
  await fresh();
  await api.db.query(
    `insert into incident (title, severity, phase, cluster_id, opened_by, started_at, detected_at)
     values ('canary checkout', 'critical', 'triage', 2, 'p', now(), now()),
            ('canary slow', 'warning', 'detect', 2, 'p', now(), now()),
            ('canary mended', 'critical', 'fix', 2, 'p', now(), now()),
            ('canary everywhere', 'critical', 'detect', null, 'p', now(), now())`,
  );
  const incidentsOn = async (given: object) => {
    const made = await make(given);
    const state = wallStateBody.parse(await (await ask(made.id, tokenIn(made))).json());
    return state.incidents.map((one) => [one.number, one.title, one.takes_screen]);
  };
  expect(await incidentsOn({ clusters: ['1'], names: true })).toEqual([]);
  expect(await incidentsOn({ clusters: ['2'] })).toEqual([
    [1, null, true],
    [1, null, false],
  ]);
  expect(await incidentsOn({ names: true })).toHaveLength(3);
});

test.each([
  ['acknowledged', { ackedUntil: Date.now() + 3_600_000 }, [false]],
  ['no longer acknowledged', { ackedUntil: Date.now() - 1000 }, [true]],
  ['a warning', { level: 'warning' }, [false]],
  ['recovering', { phase: 'recovering' }, [false]],
  ['silenced', { suppressed: 'silence' }, []],
  ['pending', { phase: 'pending' }, []],
])('an alert that is %s', async (_, given, expected) => {
  await fresh();
  await fire(given);
  const made = await make();
  const state = wallStateBody.parse(await (await ask(made.id, tokenIn(made))).json());
  expect(state.alerts.map((one) => one.takes_screen)).toEqual(expected);
});

test('the cookie opens its own wall and nothing else', async () => {
  const made = await make();
  const other = await make();
  expect((await ask(other.id, tokenIn(made))).status).toBe(401);
  for (const [id, token] of [
    [made.id, 'x'.repeat(43)],
    [made.id, ':hash'],
    [made.id, ''],
    ['0', tokenIn(made)],
    ['constructor', tokenIn(made)],
  ] as const)
    expect([id, token, (await ask(id, token)).status]).toEqual([id, token, 401]);
  const cookie = `yagura.wall=${tokenIn(made)}; yagura.session=${tokenIn(made)}`;
  for (const { path, handlers } of api.routes) {
    if (!path.startsWith('/api/v1/') || !handlers.GET || path.endsWith('openapi.json')) continue;
    const address = path.replace(/\{\w+\}/g, '1');
    for (const headers of [{ cookie }, { authorization: `Bearer ${tokenIn(made)}` }]) {
      const answer = await api.call('GET', address, { as: null, headers });
      expect([address, answer.status]).toEqual([address, 401]);
    }
  }
});

test('a revoked or ended link says which, at once', async () => {
  const made = await make();
  expect((await ask(made.id, tokenIn(made))).status).toBe(200);
  expect((await api.call('DELETE', `/api/v1/walls/${made.id}`)).status).toBe(204);
  const answer = await ask(made.id, tokenIn(made));
  expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: 'revoked' } }]);
  const patch = { body: { name: 'x' } };
  expect((await api.call('PATCH', `/api/v1/walls/${made.id}`, patch)).status).toBe(404);
  const late = await make({ expires_days: 1 });
  await api.db.query(`update wall set expires_at = now() where id = $1`, [late.id]);
  expect(await (await ask(late.id, tokenIn(late))).json()).toMatchObject({
    error: { code: 'expired' },
  });
});

test('a change shows with the next answer; who looked is listed without being counted twice', async () => {
  const made = await make();
  const changed = await api.call('PATCH', `/api/v1/walls/${made.id}`, {
    body: { language: 'ja', rotate_s: 60 },
  });
  expect(wallBody.parse(await changed.json())).toMatchObject({ language: 'ja', name: 'lobby' });
  for (let n = 0; n < 3; n++) {
    const state = wallStateBody.parse(await (await ask(made.id, tokenIn(made))).json());
    expect(state.wall).toMatchObject({ language: 'ja', rotate_s: 60 });
  }
  await fresh();
  const { walls } = await (await api.call('GET', '/api/v1/walls')).json();
  const seen = walls.find((one: { id: string }) => one.id === made.id);
  expect([seen.addresses, Date.now() - seen.last_seen < 10_000]).toEqual([1, true]);
});

test.each([
  [{ name: '' }, 'name'],
  [{ clusters: [] }, 'clusters'],
  [{ clusters: ['999'] }, 'clusters'],
  [{ clusters: ['1', '1'] }, 'clusters'],
  [{ panels: [] }, 'panels'],
  [{ panels: ['towers', 'towers'] }, 'panels'],
  [{ rotate_s: 1 }, 'rotate_s'],
  [{ zone: 'Mars/Base' }, 'zone'],
  [{ expires_days: 366 }, 'expires_days'],
  [{ token: 'mine' }, 'token'],
])('%j is 422 with the field named', async (given, field) => {
  const answer = await api.call('POST', '/api/v1/walls', { body: { name: 'w', ...given } });
  const { error } = (await answer.json()) as { error: { details: { fields: object } } };
  expect([answer.status, Object.keys(error.details.fields)]).toEqual([422, [field]]);
});
