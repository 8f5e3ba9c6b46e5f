import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkBody, readPathsBody, routeBody } from '@/lib/contract';
import { replicationSnapshot } from '@/lib/storage/replication-snapshot';
import { type RunningApi, startApi } from '@/scripts/servers/api';

let api: RunningApi;
const watched = (name: string) => ({ name, cluster: 'shop', host: 'db.example', user: 'yagura' });

beforeAll(async () => {
  api = await startApi();
  for (const name of ['first', 'second'])
    await api.call('POST', '/api/v1/instances', { body: { ...watched(name), password: 'x' } });
  await api.db.query(
    `insert into instance_status (instance_id, state, role, last_seen, last_attempt)
     select id, 'up', case name when 'first' then 'primary' else 'replica' end, now(), now() from instance
     on conflict (instance_id) do update set state = excluded.state, role = excluded.role,
       last_seen = now(), last_attempt = now()`,
  );
});
afterAll(async () => {
  replicationSnapshot.stop();
  await api?.stop();
});

const check = (id: number, query = '') => api.call('GET', `/api/v1/instances/${id}/check${query}`);

test('a check answers 200 or 503 with the reason, a route the same for a cluster', async () => {
  const primary = await check(1, '?role=primary');
  expect([primary.status, checkBody.parse(await primary.json())]).toMatchObject([
    200,
    { instance: '1', role: 'primary', eligible: true, reason: null },
  ]);
  // Nothing was read of it yet: unknown is not eligible.
  const replica = await check(2);
  expect([replica.status, checkBody.parse(await replica.json())]).toMatchObject([
    503,
    { instance: '2', role: 'replica', eligible: false, reason: 'reading_old', lag_ms: null },
  ]);
  expect(replica.headers.get('cache-control')).toBe('no-store');
  const route = await api.call('GET', '/api/v1/clusters/1/route?max_lag_ms=1000');
  expect(routeBody.parse(await route.json())).toMatchObject({
    ...{ cluster: '1', max_lag_ms: 1000, max_age_ms: 30_000, eligible: [] },
    primary: { instance: '1', eligible: true },
    replicas: [{ instance: '2', eligible: false, reason: 'reading_old' }],
  });
});

test.each([
  ['max_lag_ms', '-1'],
  ['max_lag_ms', '1.5'],
  ['max_lag_ms', ''],
  ['max_lag_ms', '86400001'],
  ['max_age_ms', '999'],
  ['role', 'leader'],
  ['lag', '1'],
])('%s=%s is 422 with the field named', async (field, value) => {
  const answer = await check(1, `?${field}=${value}`);
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({
    error: { details: { fields: { [field]: expect.any(String) } } },
  });
});

test('what is not watched is 404', async () => {
  expect((await check(999)).status).toBe(404);
  expect((await api.call('GET', '/api/v1/clusters/999/route')).status).toBe(404);
});

type Read = { id: string; served_by: object[]; not_served_by: object[] };
const reads = () => api.call('GET', '/api/v1/clusters/1/reads');

test('the register says who satisfies each need now, and each change is in the audit trail', async () => {
  const add = (body: object, as: 'viewer' | 'operator' = 'operator') =>
    api.call('POST', '/api/v1/clusters/1/reads', { as, body: { service: 'shop', ...body } });
  const cart = { name: 'cart', consistency: 'strong' };
  expect((await add(cart, 'viewer')).status).toBe(403);
  const made = await add(cart);
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as Read;
  expect((await add(cart)).status).toBe(409);
  expect((await add({ name: 'orders', consistency: 'eventual', max_lag_ms: 60_000 })).status).toBe(
    201,
  );
  const primary = { instance: '1', name: 'first' };
  const replica = { instance: '2', name: 'second' };
  expect(readPathsBody.parse(await (await reads()).json())).toMatchObject({
    reads: [
      {
        ...{ name: 'cart', consistency: 'strong', max_lag_ms: null, updated_by: 'token operator' },
        ...{
          served_by: [primary],
          not_served_by: [{ ...replica, reason: 'strong_needs_primary' }],
        },
      },
      {
        ...{ name: 'orders', consistency: 'eventual', max_lag_ms: 60_000 },
        ...{ served_by: [primary], not_served_by: [{ ...replica, reason: 'reading_old' }] },
      },
    ],
  });
  const patch = { consistency: 'session', max_lag_ms: 800 };
  const changed = await api.call('PATCH', `/api/v1/reads/${id}`, { as: 'operator', body: patch });
  expect(await changed.json()).toMatchObject(patch);
  for (const status of [204, 404])
    expect((await api.call('DELETE', `/api/v1/reads/${id}`, { as: 'operator' })).status).toBe(
      status,
    );
  const { rows } = await api.db.query(
    `select action, object, details ->> 'name' as name from audit_entry where action like 'read_path%' order by at`,
  );
  expect(rows.filter(({ object }) => object === `read_path ${id}`)).toMatchObject([
    { action: 'read_path_add', name: 'cart' },
    { action: 'read_path_change' },
    { action: 'read_path_remove', name: 'cart' },
  ]);
});

test.each([
  [{ consistency: 'strong', max_lag_ms: 5 }, 'max_lag_ms'],
  [{ consistency: 'session' }, 'max_lag_ms'],
  [{ consistency: 'eventual', max_lag_ms: 1.5 }, 'max_lag_ms'],
  [{ consistency: 'weak' }, 'consistency'],
])('a need of %j is refused', async (body, field) => {
  const given = { service: 'shop', name: 'x', ...body };
  const answer = await api.call('POST', '/api/v1/clusters/1/reads', { body: given });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({
    error: { details: { fields: { [field]: expect.any(String) } } },
  });
});

test('what a collector wrote is heard of within two seconds, without a question to the store', async () => {
  await api.db.query(`update instance_status set state = 'down' where instance_id = 1`);
  const until = Date.now() + 2000;
  let answer = await check(1, '?role=primary');
  while (answer.status === 200 && Date.now() < until) {
    await wait(50);
    answer = await check(1, '?role=primary');
  }
  expect(await answer.json()).toMatchObject({ eligible: false, reason: 'instance_down' });
});

test('a revoked token ends within seconds, in a process that did not revoke it', async () => {
  expect((await api.call('GET', '/api/v1/me', { as: 'editor' })).status).toBe(200);
  await api.db.query(`update api_token set revoked_at = now() where name = 'editor'`);
  const until = Date.now() + 5000;
  let status = 200;
  while (status === 200 && Date.now() < until) {
    await wait(200);
    status = (await api.call('GET', '/api/v1/me', { as: 'editor' })).status;
  }
  expect(status).toBe(401);
});

test('without its store nobody is answered for, at once and for as long, and all is well when it is back', async () => {
  await api.db.query(
    `update instance_status set state = 'up', last_attempt = now(), last_seen = now()`,
  );
  const asked = async () => {
    const began = Date.now();
    const { status } = await check(1, '?role=primary&max_age_ms=300000');
    return { status, ms: Date.now() - began };
  };
  const until = async (wanted: number, ms: number) => {
    for (const end = Date.now() + ms; Date.now() < end; await wait(200)) {
      const answer = await asked();
      expect(answer.ms).toBeLessThan(3000);
      if (answer.status === wanted) return;
    }
    throw new Error(`no ${wanted} within ${ms} ms`);
  };
  await until(200, 3000);
  await api.server.kill9();
  await until(503, 11_000);
  await api.server.restart();
  await until(200, 20_000);
});
