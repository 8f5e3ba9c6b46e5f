import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ObjectiveBody, ServiceBody, ServiceDetailBody } from '@/lib/contract';
import { fixedInterval, intervalOf } from '@/lib/service/durations';
import { type Method, type RunningApi, startApi } from '@/scripts/servers/api';
import { appendServiceMinutes, type ServiceMinute } from './append-service-minutes';
import { mergeServiceHours } from './merge-service-hours';
import { hourMs } from './partitions';
import { registerRoutes, registerService } from './register-service';
import { tend } from './tend';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.stop());

const minuteMs = 60_000;
const call = async (method: Method, address: string, body?: unknown) =>
  api.call(method, `/api/v1${address}`, { as: 'editor', ...(body === undefined ? {} : { body }) });
const minute = (at: number, requests: number, errors: number, ms: number): ServiceMinute => ({
  ...{ routeId: 0, at, requests, errors, totalMs: requests * ms },
  intervals: requests > 0 ? [{ ...intervalOf(ms), count: requests }] : [],
});
const now = Math.floor(Date.now() / minuteMs) * minuteMs;

async function makeService(name: string, minutes: ServiceMinute[]): Promise<number> {
  const id = await registerService(api.db, { namespace: '', name, environment: 'test' });
  if (id === null) throw new Error('no room');
  await appendServiceMinutes(api.db, id, 'metrics', minutes);
  return id;
}
const objectivesOf = async (id: number) =>
  ((await (await call('GET', `/services/${id}`)).json()) as ServiceDetailBody).objectives;

test('an availability objective is made, burns, is changed and removed, and each is in the audit trail', async () => {
  // Six hours with 10 requests a minute; in the last ten minutes one in five fails.
  const id = await makeService(
    'burning',
    Array.from({ length: 360 }, (_, i) => minute(now - i * minuteMs, 10, i <= 10 ? 2 : 0, 20)),
  );
  const given = { kind: 'availability', target: 0.99, window_days: 30 };
  const made = await call('POST', `/services/${id}/objectives`, given);
  expect(made.status).toBe(201);
  const body = (await made.json()) as ServiceBody;
  const own = body.objectives.find(({ kind }) => kind === 'availability') as ObjectiveBody;
  expect(own).toMatchObject({ ...given, total: 3600, good: 3578, good_bounds: null });
  expect(own.ratio).toBeCloseTo(3578 / 3600);
  // 22 of the 36 that may fail have failed.
  expect(own.budget_left).toBeCloseTo(1 - 22 / 36);
  expect(own.burn['5m']).toBeCloseTo(20, 0);
  expect(own.burn['1h']).toBeCloseTo(22 / 6.1, 0);
  // An hour at this rate would matter; ten minutes of it do not yet.
  expect(own.state).toBe('ok');
  const changed = await call('PATCH', `/objectives/${own.id}`, { ...given, target: 0.999 });
  expect((await changed.json()).objectives[0]).toMatchObject({ target: 0.999, state: 'critical' });
  expect((await call('DELETE', `/objectives/${own.id}`)).status).toBe(204);
  expect((await call('DELETE', `/objectives/${own.id}`)).status).toBe(404);
  const { rows } = await api.db.query(
    `select action from audit_entry where object = $1 order by seq`,
    [`objective ${own.id}`],
  );
  expect(rows.map(({ action }) => action)).toEqual([
    'objective_create',
    'objective_change',
    'objective_delete',
  ]);
});

test('without an objective on latency the latency budget is one: 95 % within its sum', async () => {
  const id = await makeService('slow', [
    minute(now, 90, 0, 50),
    minute(now - minuteMs, 10, 0, 300),
  ]);
  expect(await objectivesOf(id)).toMatchObject([
    { id: null, kind: 'latency', target: 0.95, threshold_ms: 100, total: 100, good: 90 },
  ]);
  const budget = { application_ms: 100, database_ms: 200, network_ms: 80, other_ms: 20 };
  await call('PATCH', `/services/${id}`, { budget });
  const [widened] = await objectivesOf(id);
  expect(widened).toMatchObject({ threshold_ms: 400, good: 100, budget_left: 1, state: 'ok' });
  await call('PATCH', `/services/${id}`, { budget: null });
  expect(await objectivesOf(id)).toMatchObject([{ threshold_ms: 100 }]);
});

test('a threshold within a bucket says between what the good requests lie', async () => {
  const { low, high } = fixedInterval(-8);
  const id = await makeService('between', [
    { ...minute(now, 0, 0, 0), requests: 4, intervals: [{ low, high, count: 4 }] },
  ]);
  const threshold_ms = (low + high) / 2;
  const given = { kind: 'latency', target: 0.9, threshold_ms, window_days: 1 };
  const made = await call('POST', `/services/${id}/objectives`, given);
  expect((await made.json()).objectives).toMatchObject([
    { good: expect.closeTo(2, 5), good_bounds: [0, 4] },
  ]);
});

test('nothing served is not known, neither good nor bad', async () => {
  const id = await makeService('silent', [minute(now, 0, 0, 0)]);
  expect(await objectivesOf(id)).toMatchObject([
    { state: 'unknown', ratio: null, budget_left: null, burn: { '5m': null, '6h': null } },
  ]);
});

test('after two days minutes become hours, with the same sums and the same percentiles', async () => {
  const from = Math.floor((now - 80 * hourMs) / hourMs) * hourMs;
  const id = await registerService(api.db, { namespace: '', name: 'old', environment: '' });
  if (id === null) throw new Error('no room');
  const routeOf = await registerRoutes(api.db, id, ['GET /a']);
  const rows = Array.from({ length: 180 }, (_, i) => minute(from + i * minuteMs, 3, i % 2, 10 + i));
  await appendServiceMinutes(api.db, id, 'metrics', [
    ...rows,
    ...rows.map((row) => ({ ...row, routeId: routeOf('GET /a') })),
  ]);
  const address = `/services/${id}?from=${from}&to=${from + 3 * hourMs}`;
  const read = async () => (await (await call('GET', address)).json()) as ServiceDetailBody;
  const before = await read();
  expect((await tend(api.db, Date.now()))?.failed).toEqual([]);
  for (let day = 0; day < 3; day += 1) await mergeServiceHours(api.db, Date.now());
  const { rows: left } = await api.db.query(
    'select route_id, minutes from service_minute where service_id = $1 and route_id = 0',
    [id],
  );
  expect(left.map(({ minutes }) => minutes)).toEqual([60, 60, 60]);
  const after = await read();
  const { series: _, ...same } = after;
  expect(same).toMatchObject({
    ...{ requests: before.requests, errors: before.errors, bounds: before.bounds },
    ...{ p95_ms: before.p95_ms, requests_per_s: before.requests_per_s, routes: before.routes },
  });
  expect(before).toMatchObject({ requests: 540, errors: 90 });
  expect(after.series.map((one) => one.requests_per_s)).toEqual([0.05, 0.05, 0.05]);
});

test('a cluster that a service is mapped to has an application layer: p95 of one histogram, the worst objective', async () => {
  const minutes = [minute(now, 50, 0, 20), minute(now - minuteMs, 50, 0, 20)];
  const id = await makeService('mapped', minutes);
  const other = await makeService('mapped too', [minute(now, 900, 0, 40)]);
  await api.db.query(
    `with made as (insert into cluster (name) values ('layered') returning id), i as (
       insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       select 'layered-1', id, 'postgres', 'h', 1, 'd', 'u', now() from made)
     update service set cluster_id = (select id from made), mapped_by = 'person' where id = any($1)`,
    [[id, other]],
  );
  const { clusters } = await (await call('GET', '/clusters')).json();
  const cluster = clusters.find((one: { name: string }) => one.name === 'layered');
  const [application] = cluster.layers;
  expect(application).toMatchObject({ layer: 'application', measured: true, state: 'ok' });
  const { low, high } = intervalOf(40);
  expect(application.headline.value).toBeGreaterThan(low);
  expect(application.headline.value).toBeLessThanOrEqual(high);
  expect(application.spark.filter((value: number | null) => value !== null).length).toBeGreaterThan(
    0,
  );
});
