import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceDetailBody, ServicesBody } from '@/lib/contract';
import { describeStatement } from '@/lib/statement/describe-statement';
import { type RunningApi, startApi } from '@/scripts/servers/api';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { listen, startTracedApp, type TracedApp } from '@/scripts/traced-app/run';

let api: RunningApi;
let shop: RunningPostgres;
let door: Awaited<ReturnType<typeof listen>>;
let app: TracedApp;

beforeAll(async () => {
  api = await startApi();
  door = await listen(api);
  shop = await startPostgres();
  const db = new pg.Client({ connectionString: shop.url() });
  await db.connect();
  await db.query(`
    create table orders (id int primary key, total int);
    create table customer (id int primary key, name text);
    insert into orders select i, i from generate_series(1, 100) i;
    insert into customer select i, 'c' || i from generate_series(1, 100) i;`);
  await db.end();
  const at = new URL(shop.url());
  await api.db.query(
    `with made as (insert into cluster (name) values ('orders') returning id)
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
     select 'orders-1', id, 'postgres', $1, $2, 'postgres', 'u', now() from made`,
    [at.hostname, Number(at.port)],
  );
});
afterAll(async () => {
  await app?.stop();
  await door?.stop();
  await shop?.stop();
  await api?.stop();
});

const get = async <T>(address: string) =>
  (await (await api.call('GET', `/api/v1${address}`, { as: 'viewer' })).json()) as T;

async function serviceNamed(name: string): Promise<ServiceDetailBody> {
  const { services } = await get<ServicesBody>('/services');
  const found = services.find((one) => one.name === name);
  return get(`/services/${found?.id}`);
}

test.each(['protobuf', 'json'])(
  'traces of a real application tell where its time goes and which statements it repeats: %s',
  async (form) => {
    app = await startTracedApp({
      ...{ YAGURA_URL: door.url, TOKEN: api.tokens.ingest, FORM: form, SERVICE: `traced ${form}` },
      ...{ DATABASE: shop.url(), OTEL_SEMCONV_STABILITY_OPT_IN: form === 'json' ? 'http' : '' },
    });
    const call = (path: string) => fetch(`${app.url}${path}`).then((answer) => answer.text());
    await call('/order');
    for (let i = 1; i <= 40; i += 1) await call(`/order?id=${i}`);
    for (let i = 0; i < 5; i += 1) await call('/list');
    for (let i = 0; i < 3; i += 1) await call('/slow?ms=120');
    await call('/end');
    await delay(300);
    const service = await serviceNamed(`traced ${form}`);
    await app.stop();

    expect(service).toMatchObject({ cluster: { name: 'orders' }, mapped_by: 'traces' });
    const routes = new Map(service.routes.map((one) => [one.route, one]));
    // Counted from metrics; the parts from the traces, which are all of them here.
    expect(service.source).toBe('metrics');
    expect(routes.get('GET /order')).toMatchObject({
      requests: 41,
      parts: { traced_requests: 41 },
    });
    const slow = routes.get('GET /slow')?.parts;
    expect(slow?.application_ms).toBeGreaterThanOrEqual(119);
    expect(slow).toMatchObject({ database_ms: 0, network_ms: null });
    const list = routes.get('GET /list');
    expect(list?.parts?.database_ms).toBeGreaterThan(0);
    expect(list?.parts?.database_ms).toBeLessThanOrEqual(list?.mean_ms ?? 0);

    const read = (text: string) => service.statements.find((one) => one.text === text);
    const names = await describeStatement('select name from customer where id = 1');
    expect(read(names.text)).toMatchObject({
      ...{ id: names.id, route: 'GET /list', calls: 100, requests: 5, calls_per_request: 20 },
      ...{ repeated_requests: 5, most: 20 },
    });
    expect(read('select total from orders where id = $1')).toMatchObject({
      ...{ calls: 41, requests: 41, repeated_requests: 0, most: 1 },
    });
    const repeated = service.traces.filter((one) => one.repeated_statement === names.id);
    expect(repeated.map((one) => [one.route, one.repeated])).toEqual(
      Array.from({ length: 5 }, () => ['GET /list', 20]),
    );
    // The slowest are there too, and not more than ten in ten minutes.
    expect(service.traces.filter((one) => one.route === 'GET /slow').length).toBe(3);
    expect(service.traces.length).toBeLessThanOrEqual(20);
    // No literal of a statement is anywhere in the store.
    const { rows } = await api.db.query<{ text: string }>('select text from statement');
    expect(rows.map(({ text }) => text).join('\n')).not.toMatch(/id = \d/);
  },
  60_000,
);

const second = 1_000_000_000n;
type Given = {
  id: string;
  parent?: string;
  kind: number;
  ms: [number, number];
  more?: Record<string, string>;
};
let traces = 0;
/** Spans of one trace of a service, at ms after a moment. */
function trace(service: string, traceId: string, spans: Given[]) {
  const zero = (BigInt(Date.now()) / 1000n) * second - 5n * second;
  const at = (ms: number) => String(zero + BigInt(Math.round(ms * 1e6)));
  const attributes = (given: Record<string, string>) =>
    Object.entries(given).map(([key, value]) => ({ key, value: { stringValue: value } }));
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': service }) },
        scopeSpans: [
          {
            spans: spans.map(({ id, parent = '', kind, ms, more = {} }) => ({
              ...{
                traceId,
                spanId: id.padEnd(16, '0'),
                parentSpanId: parent?.padEnd(16, '0'),
              },
              ...{ name: 'x', kind, startTimeUnixNano: at(ms[0]), endTimeUnixNano: at(ms[1]) },
              attributes: attributes(more),
            })),
          },
        ],
      },
    ],
  };
}
const newTrace = () => {
  traces += 1;
  return traces.toString(16).padStart(32, 'a');
};
const send = (body: unknown) => api.call('POST', '/v1/traces', { as: 'ingest', body });
const select = { 'db.system': 'postgresql', 'db.statement': 'select 1' };
const route = {
  'http.request.method': 'GET',
  'http.route': '/a',
  'http.response.status_code': '200',
};

test('spans that run side by side count once; those of another service are its own', async () => {
  const id = newTrace();
  // The other service sends before and after: what its caller waited for beyond its own time is the network's.
  await send(
    trace('front', id, [
      { id: 'd1', parent: 'a1', kind: 3, ms: [10, 40], more: select },
      { id: 'd2', parent: 'a1', kind: 3, ms: [20, 50], more: select },
      { id: 'c1', parent: 'a1', kind: 3, ms: [50, 90] },
      { id: 'a1', kind: 2, ms: [0, 100], more: route },
    ]),
  );
  const front = await serviceNamed('front');
  expect(front).toMatchObject({ source: 'traces', requests: 1 });
  expect(front.parts).toMatchObject({
    application_ms: 20,
    database_ms: 40,
    network_ms: null,
    other_ms: 40,
  });
  const answer = trace('back', id, [
    { id: 'd3', parent: 'b1', kind: 3, ms: [60, 70], more: select },
    { id: 'b1', parent: 'c1', kind: 2, ms: [55, 80], more: route },
  ]);
  await send(answer);
  expect((await serviceNamed('back')).parts).toMatchObject({ application_ms: 15, database_ms: 10 });
  expect((await serviceNamed('front')).parts).toMatchObject({
    ...{ application_ms: 20, database_ms: 40, network_ms: 15, other_ms: 25 },
  });
  // Sent again, nothing is counted twice.
  await send(answer);
  expect(await serviceNamed('back')).toMatchObject({ requests: 1 });
});

test('children come before their request, in other batches and in any order', async () => {
  const id = newTrace();
  await send(
    trace('batches', id, [{ id: 'd1', parent: 'e1', kind: 3, ms: [10, 20], more: select }]),
  );
  await send(
    trace('batches', id, [
      { id: 'a1', kind: 2, ms: [0, 30], more: route },
      { id: 'e1', parent: 'a1', kind: 1, ms: [5, 25] },
    ]),
  );
  expect((await serviceNamed('batches')).parts).toMatchObject({
    application_ms: 20,
    database_ms: 10,
  });
});

test('what is no span is refused with the reason', async () => {
  const wrong = trace('wrong', newTrace(), [{ id: 'a1', kind: 2, ms: [10, 5] }]);
  const answer = await send(wrong);
  expect(await answer.json()).toEqual({
    partialSuccess: { rejectedSpans: 1, errorMessage: 'an end before its start' },
  });
  expect((await send(trace('wrong', 'zz', [{ id: 'a1', kind: 2, ms: [0, 5] }]))).status).toBe(400);
});
