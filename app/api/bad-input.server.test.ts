import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Operation, operations } from '@/lib/contract/operations';
import { appendServiceMinutes } from '@/lib/storage/append-service-minutes';
import { type Given, type Method, type RunningApi, startApi } from '@/scripts/servers/api';

/** A plan of one step. */
const step = {
  type: 'Result',
  relation: null,
  index: null,
  cost: 1,
  startup_cost: 0,
  rows_estimated: 1,
  rows_actual: null,
  time_ms: null,
  width: 4,
  details: [],
  children: [],
};
/** As a collector writes one. */
const session = (pid: number, more: object) => ({
  ...{ pid, started: '2026-11-23T00:00:00.000001Z', kind: 'client', user: 'app', database: 'shop' },
  ...{ application: null, client: null, state: 'active', wait: null, leader: null, blocked_by: [] },
  ...{ transaction_ms: 1, statement_ms: 1, state_ms: 1 },
  statement: { id: '0123456789abcdef', text: 'select $1', key: '1/2/3/t' },
  ...more,
});
/** A partitioned table and a partition of it, as a collector keeps them. */
const inventory = {
  ...{
    database: 'shop',
    at: 1_790_000_000_000,
    role: 'primary',
    counted_since: null,
    hypopg: false,
    left_out: 0,
  },
  tables: [
    {
      ...{
        schema: 'public',
        name: 'orders',
        oid: '1',
        kind: 'partitioned',
        parent: null,
        partition_key: 'RANGE (at)',
      },
      ...{
        partition_bound: null,
        columns: [{ name: 'at', type: 'date', not_null: true }],
        foreign_keys: [],
      },
      indexes: [],
    },
    {
      ...{
        schema: 'public',
        name: 'orders_1',
        oid: '2',
        kind: 'partition',
        parent: 'public.orders',
      },
      ...{
        partition_bound: `FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')`,
        rows: 5,
        columns: [],
        indexes: [],
        foreign_keys: [],
      },
    },
  ].map((table) => ({
    ...{
      partition_key: null,
      rows: null,
      table_bytes: null,
      index_bytes: null,
      seq_scans: null,
      seq_rows: null,
    },
    ...{
      index_scans: null,
      inserted: null,
      updated: null,
      deleted: null,
      live_rows: null,
      dead_rows: null,
    },
    ...{ last_analyze: null },
    ...table,
    columns: table.columns.map((column) => ({
      ...{ n_distinct: null, null_share: null, average_width: null, correlation: null },
      ...column,
    })),
  })),
};
/** Kept, so that what was found once is found again. */
const seed = 20_261_123;
const runs = Number(process.env.YAGURA_FUZZ_RUNS ?? 300);
let api: RunningApi;
let instance: string;

const watched = {
  name: 'orders',
  host: 'db.example',
  user: 'yagura',
  password: 'canary-8f1d-password',
  explain_user: 'planner',
  explain_password: 'canary-8f1d-explain',
  node_exporter_url: 'http://db.example:9100/metrics',
  cloudwatch: 'eu-central-1/shop-1',
};
/** A right body of each call that has one. Port 0 keeps the connection test from asking a collector. */
const right: Record<string, Record<string, unknown>> = {
  'POST /rules': {
    ...{ metric: 'postgres.connection-use', column: 'used_ratio', direction: 'above' },
    ...{ warning: 0.7, says: { en: 'x', ja: 'x' } },
  },
  'PATCH /rules': { id: 'instance/down', for_ms: 30_000 },
  'POST /rules/backtest': {
    ...{ metric: 'postgres.connection-use', column: 'used_ratio', direction: 'above' },
    ...{ warning: 0.7, critical: null, for_ms: 0, recovery: null, keep_firing_ms: 0 },
  },
  'POST /alerts/{id}/ack': { hours: 4 },
  'POST /silences': { instance: '1', ends_at: Date.now() + 3_600_000, reason: 'test' },
  'POST /channels': { name: 'ops', kind: 'pagerduty', key: 'k' },
  'PATCH /channels/{id}': { language: 'ja' },
  'POST /instances': { ...watched, name: 'second' },
  'PATCH /instances/{id}': { name: 'orders', labels: { team: 'a' } },
  'POST /instances/test': { ...watched, port: 0 },
  'PATCH /services/{id}': {
    cluster: '1',
    budget: { application_ms: 40, database_ms: 30, network_ms: 20, other_ms: 10 },
  },
  'POST /services/{id}/objectives': { kind: 'availability', target: 0.99, window_days: 30 },
  'PATCH /objectives/{id}': {
    ...{ kind: 'latency', target: 0.95, window_days: 30 },
    threshold_ms: 100,
  },
  'POST /statements/{id}/explain': { instance: '999' },
  'POST /activity/cancel': { instance: '999', pid: 4711, started: '2026-11-23T00:00:00.000001Z' },
  'POST /activity/terminate': {
    instance: '999',
    pid: 4711,
    started: '2026-11-23T00:00:00.000001Z',
  },
  'POST /plans/read': { text: 'Result  (cost=0.00..0.01 rows=1 width=4)', statement: 'select $1' },
  'POST /clusters/{id}/reads': {
    ...{ service: 'shop', name: 'cart', consistency: 'session', max_lag_ms: 500 },
  },
  'POST /clusters/{id}/scrapes': {
    ...{ service: 'shop', environment: 'x', url: 'http://127.0.0.1:9/metrics', token: 'x' },
  },
  'PATCH /reads/{id}': { consistency: 'eventual', max_lag_ms: 500 },
  'POST /events': { kind: 'note', text: 'x', at: 1_790_000_000_000 },
  'POST /tokens': { name: 't', role: 'viewer', expires_days: 1 },
  'POST /incidents': { title: 'x', severity: 'warning', started_at: 1_790_000_000_000 },
  'PATCH /incidents/{id}': { title: 'x', review: { summary: 'x' }, version: 0 },
  'POST /incidents/{id}/events': { kind: 'note', text: 'x', at: 1_790_000_000_000 },
  'POST /walls': { name: 'w', panels: ['towers'], zone: 'Asia/Tokyo', expires_days: 1 },
  'PATCH /walls/{id}': { language: 'ja', clusters: null },
  'POST /users': { email: 'u@example.com', name: 'u', role: 'viewer' },
  'PATCH /users/{id}': { name: 'u', disabled: false },
};
const named = Object.entries(operations) as [string, Operation][];
const withBody = named.filter(([, operation]) => operation.body);
const withQuery = named.filter(([, operation]) => operation.query);

beforeAll(async () => {
  api = await startApi();
  const made = await api.call('POST', '/api/v1/instances', { body: watched });
  expect(made.status).toBe(201);
  instance = ((await made.json()) as { id: string }).id;
  await api.db.query(
    `insert into plan (id, statement_id, instance_id, engine, generic, shape, root)
     values ('00000000-0000-4000-8000-000000000000', '0123456789abcdef', $1, 'postgres', true, 's', $2)`,
    [instance, JSON.stringify(step)],
  );
});
afterAll(() => api?.stop());

function addressOf(name: string, id = name.includes('/statements/') ? '0123456789abcdef' : '999') {
  const [method, address = ''] = name.split(' ');
  return [method as Method, `/api/v1${address.replace(/\{id\}/, encodeURIComponent(id))}`] as const;
}

/** Refused with a status of the caller's fault, in the API's own shape, and nothing of our inside in it. */
async function refused(name: string, answer: Response): Promise<string> {
  const text = await answer.text();
  const says = `${name} ${answer.status} ${text.slice(0, 300)}`;
  expect(answer.status, says).toBeGreaterThanOrEqual(400);
  unharmed(says, answer, text);
  return text;
}

function unharmed(says: string, answer: Response, text: string) {
  expect(answer.status, says).toBeLessThan(500);
  expect(text, says).not.toMatch(
    /canary-8f1d|node_modules|\.ts:\d|select .* from|syntax error|\bpg_[a-z]{3}|\bNaN\b/,
  );
  if (answer.status < 400) return;
  const { error } = JSON.parse(text) as { error: { code: string; details?: { fields?: object } } };
  expect(error.code, says).toMatch(/^[a-z_]+$/);
  if (answer.status === 422)
    expect(Object.keys(error.details?.fields ?? {}).length, says).toBeGreaterThan(0);
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const overlong = new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d]);
/** Bodies that no call takes, by the number of the field notes' list. */
const bodies: [string, Given][] = [
  ['empty', { body: '' }],
  ['invalid JSON', { body: '{"a":' }],
  ['invalid JSON, unclosed text', { body: '{"a":"b' }],
  ['10 MB', { body: `{"name":"${'x'.repeat(10_000_000)}"}` }],
  ['depth 10,000', { body: nested(10_000) }],
  ['depth 10,000 in a field', { body: `{"name":${nested(10_000)}}` }],
  ['duplicate keys', { body: '{"name":"a","name":"b"}' }],
  ['duplicate keys, one escaped', { body: '{"name":"a","n\\u0061me":"b"}' }],
  ['__proto__', { body: '{"__proto__":{"role":"admin"}}' }],
  ['constructor.prototype', { body: '{"constructor":{"prototype":{"role":"admin"}}}' }],
  ['an array', { body: '[]' }],
  ['null', { body: 'null' }],
  ['a number', { body: '1e309' }],
  ['NaN', { body: '{"port":NaN}' }],
  ['overlong UTF-8', { body: overlong }],
  ['unknown field', { body: '{"unknown":1}' }],
  ['form', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ['text', { body: '{}', headers: { 'content-type': 'text/plain' } }],
];

test.each(withBody.map(([name]) => name))('%s refuses every malformed body', async (name) => {
  for (const [what, given] of bodies) {
    const [method, address] = addressOf(
      name,
      name.startsWith('PATCH /inst') ? instance : undefined,
    );
    const text = await refused(`${name}: ${what}`, await api.call(method, address, given));
    expect(text.length).toBeLessThan(5000);
  }
});

const wrong: unknown[] = [
  [],
  ['a'],
  {},
  null,
  1e308,
  -0,
  2 ** 53,
  -1,
  1.5,
  true,
  '',
  '\u0000',
  'a\u0000b',
];
wrong.push('\ud800', '\u202e\u0007', 'x'.repeat(100_000), { $ne: 1 }, "'; drop table instance; --");

test.each(Object.keys(right))('%s with one wrong field never breaks', async (name) => {
  const [method, address] = addressOf(name, name.startsWith('PATCH /inst') ? instance : undefined);
  for (const field of Object.keys(right[name] ?? {}))
    for (const value of wrong) {
      const answer = await api.call(method, address, { body: { ...right[name], [field]: value } });
      unharmed(
        `${name} ${field}=${JSON.stringify(value).slice(0, 50)}`,
        answer,
        await answer.text(),
      );
    }
});

test.each([
  ['host', '/var/run'],
  ['host', 'a,b'],
  ['host', 'postgres://a/b?sslkey=/etc/passwd'],
  ['host', 'a?sslkey=/etc/passwd'],
  ['host', 'user@host'],
  ['host', 'a\\b'],
  ['host', 'a b'],
  ['port', 0],
  ['port', 65536],
  ['port', '5432 '],
  ['port', 5432.5],
  ['tls', 'prefer'],
  ['engine', 'oracle'],
  ['name', 'a\nb'],
  ['name', '\u001b[31m'],
  ['password', 'a\u0000'],
  ['labels', { 'A B': 'c' }],
  ['connection_string', 'postgres://a'],
])('an instance with %s %j is refused and the field is named', async (field, value) => {
  for (const call of ['/api/v1/instances', '/api/v1/instances/test']) {
    const body = { ...watched, name: 'other', [field]: value };
    const answer = await api.call('POST', call, { body });
    expect(answer.status).toBe(422);
    const { error } = (await answer.json()) as { error: { details: { fields: object } } };
    expect(Object.keys(error.details.fields)[0]).toMatch(new RegExp(`^${field}`));
  }
});

const range = [
  'from=2026-01-02&to=2026-01-01',
  'from=1926-01-01&to=2026-01-01',
  'to=%2B275761-01-01',
];
range.push('from=2001-01-01&to=2026-01-01', 'from=Mars/Base', 'from=1e12', 'from=-1', 'from=NaN');
const series = 'instance=1&metric=postgres.databases&column=commits';

test.each(withQuery.map(([name]) => name))('%s refuses every malformed query', async (name) => {
  const [method, address] = addressOf(name);
  const base =
    name === 'GET /series' ? series : name.includes('statements') ? `instance=${instance}` : '';
  const ranges = name.includes('audit') || name.includes('plans') ? [] : range;
  const limits = ['-1', '99999999999999999999', '1e3', '0x10', '', ' 1'].map((n) => `limit=${n}`);
  const bad = [
    'unknown=1',
    'limit=1&limit=2',
    'from=1&from=2',
    '__proto__=1',
    'a%00=%00',
    ...ranges,
  ];
  if (name.includes('audit') || name === 'GET /statements') bad.push(...limits);
  if (name === 'GET /statements') bad.push('sort=1;drop', 'cluster=1,2', 'search=%00', 'database=');
  if (name === 'GET /series') bad.push('points=0', 'points=1e9', 'raw=2', 'label.a=1&label.a=2');
  for (const query of bad) {
    const answer = await api.call(method, `${address}?${base}&${query}`);
    expect(answer.status, `${name}?${query}`).toBe(422);
    await refused(`${name}?${query}`, answer);
  }
});

test('odd but harmless text in a query is an answer or a refusal, never a failure', async () => {
  const names = [
    'search',
    'database',
    'user',
    'sort',
    'label.x',
    'label.__proto__',
    'label.constructor',
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('%', '_', '\\', "'", '$1', '‮'),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), text, async (field, value) => {
      const scope = field.startsWith('label')
        ? `series?${series}`
        : `statements?instance=${instance}`;
      const address = `/api/v1/${scope}&${field}=${encodeURIComponent(value.toWellFormed())}`;
      const answer = await api.call('GET', address);
      unharmed(address, answer, await answer.text());
    }),
    { seed, numRuns: runs },
  );
});

test.each(withBody.map(([name]) => name))('%s survives any JSON', async (name) => {
  const [method, address] = addressOf(name, name.startsWith('PATCH /inst') ? instance : undefined);
  const fields = Object.keys(right[name] ?? {});
  const any = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom(...fields, 'x'), fc.jsonValue({ maxDepth: 2 })),
    fc.tuple(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 1 })).map(([field, value]) => ({
      ...right[name],
      [field]: value,
      ...(name.endsWith('/test') && { port: 0 }),
    })),
  );
  await fc.assert(
    fc.asyncProperty(any, async (body) => {
      const answer = await api.call(method, address, { body: JSON.stringify(body) });
      unharmed(`${name} ${JSON.stringify(body)}`, answer, await answer.text());
    }),
    { seed, numRuns: runs },
  );
});

test.each(named.filter(([name]) => name.includes('{id}')).map(([name]) => name))(
  '%s knows no odd id',
  async (name) => {
    const ids = ['0', '-1', '1.0', '1e1', '999999999999', '%00', '../1', "1'--", 'ａ', ':id', '1 '];
    const scope = /^GET .(statements|tables)/.test(name) ? `?instance=${instance}` : '';
    for (const id of [...ids, '\u0000', 'x'.repeat(5000)]) {
      const [method, address] = addressOf(name, id.replaceAll('/', '%2F'));
      const body = right[name] && { body: right[name] };
      const answer = await api.call(method, `${address}${scope}`, { ...body });
      expect([name, id.slice(0, 20), answer.status]).toEqual([name, id.slice(0, 20), 404]);
    }
  },
);

test('a body that never ends is given up after 10 s, one that never stops at 1 MiB', async () => {
  const slow = new ReadableStream({ start: (to) => to.enqueue(new Uint8Array([0x7b])) });
  const late = await api.call('POST', '/api/v1/events', { body: slow });
  expect(late.status).toBe(408);
  const endless = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536).fill(32)) });
  expect((await api.call('POST', '/api/v1/events', { body: endless })).status).toBe(413);
});

test('answers are what the contract says, and no secret is in any of them', async () => {
  const queries: Record<string, string> = {
    'GET /series': `?${series.replace('instance=1', `instance=${instance}`)}`,
    'GET /statements': `?instance=${instance}`,
    'GET /activity': `?instance=${instance}`,
    'GET /statements/compare': `?instance=${instance}`,
    'GET /statements/tags': `?instance=${instance}&name=route`,
    'GET /load': `?instance=${instance}&by=statement`,
    'GET /advice': `?instance=${instance}`,
    'GET /executions': `?instance=${instance}`,
    'GET /progress': `?instance=${instance}`,
    'GET /tables': `?instance=${instance}`,
    'GET /tables/{id}': `?instance=${instance}`,
    'GET /plans/compare':
      '?a=00000000-0000-4000-8000-000000000000&b=00000000-0000-4000-8000-000000000000',
  };
  const { rows } = await api.db.query<{ id: string; cluster_id: string }>(
    'select id, cluster_id from instance where id = $1',
    [instance],
  );
  await api.db.query('insert into activity (instance_id, at, sessions) values ($1, now(), $2)', [
    instance,
    JSON.stringify([
      session(1, { state: 'idle in transaction' }),
      session(2, { blocked_by: [1], wait: { class: 'Lock', event: 'tuple' } }),
    ]),
  ]);
  await api.db.query(
    'insert into inventory (instance_id, database, at, body) values ($1, $2, now(), $3)',
    [...[instance, 'shop'], JSON.stringify(inventory)],
  );
  await api.db.query(
    `insert into service (id, namespace, name, environment) overriding system value values ($1, '', 'shop', '')`,
    [instance],
  );
  await appendServiceMinutes(api.db, Number(instance), 'traces', [
    { ...{ routeId: 0, at: Date.now(), requests: 1, errors: 0, totalMs: 5 }, intervals: [] },
  ]);
  await api.db.query(
    `insert into incident (id, title, severity, opened_by, started_at, detected_at) overriding system value
     values ($1, 'x', 'warning', 'x', now(), now()) on conflict (id) do nothing`,
    [instance],
  );
  const { rows: hashes } = await api.db.query<{ hash: string }>('select hash from api_token');
  for (const [name, operation] of named.filter(([one]) => one.startsWith('GET'))) {
    if (name === 'GET /statements/{id}') continue; // needs readings: the store's own tests
    const plan = name === 'GET /plans/{id}' ? '00000000-0000-4000-8000-000000000000' : null;
    const table = name === 'GET /tables/{id}' ? 'public.orders' : null;
    const id =
      plan ?? table ?? (name.includes('/clusters/') ? String(rows[0]?.cluster_id) : instance);
    const [method, address] = addressOf(name, id);
    const answer = await api.call(method, `${address}${queries[name] ?? ''}`);
    const text = await answer.text();
    expect(text).not.toMatch(/canary-8f1d|\$argon2/);
    for (const { hash } of hashes) expect(text).not.toContain(hash);
    if (operation.media) continue;
    // A check of a server that nobody has seen yet says no, in the same words as yes.
    expect([200, ...Object.keys(operation.also ?? {}).map(Number)], text).toContain(answer.status);
    const checked = operation.response?.safeParse(JSON.parse(text));
    expect(checked?.error?.issues ?? [], name).toEqual([]);
  }
  const stored = await api.db.query('select * from instance where id = $1', [instance]);
  expect(JSON.stringify(stored.rows)).not.toContain('canary-8f1d');
  const trail = await api.db.query('select * from audit_entry');
  expect(JSON.stringify(trail.rows)).not.toContain('canary-8f1d');
});

test.each([
  ['host', 'elsewhere.example'],
  ['port', 5433],
  ['user', 'somebody'],
  ['tls', 'off'],
])('changing %s discards the password it was given for', async (field, value) => {
  const name = `moves-${field}`;
  const made = await api.call('POST', '/api/v1/instances', { body: { ...watched, name } });
  const { id, password_stored } = (await made.json()) as { id: string; password_stored: boolean };
  expect(password_stored).toBe(true);
  const same = await api.call('PATCH', `/api/v1/instances/${id}`, {
    body: { name, host: watched.host },
  });
  expect(await same.json()).toMatchObject({ password_stored: true });
  const moved = await api.call('PATCH', `/api/v1/instances/${id}`, { body: { [field]: value } });
  expect(await moved.json()).toMatchObject({ password_stored: false });
});

test('a store that is gone is said in our words alone', async () => {
  await api.server.stop();
  const answer = await api.call('GET', '/api/v1/instances');
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toMatch(/ECONN|127\.0\.0\.1|pg|stack/);
  expect((await api.call('GET', '/api/health', { as: null })).status).toBe(503);
});
