import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceDetailBody, ServicesBody } from '@/lib/contract';
import { type RunningApi, startApi } from '@/scripts/servers/api';
import { listen, startTracedApp } from '@/scripts/traced-app/run';
import { encodeAnswer } from './messages';

let api: RunningApi;
let door: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  api = await startApi();
  door = await listen(api);
});
afterAll(async () => {
  await door?.stop();
  await api?.stop();
});

const json = { 'content-type': 'application/json' };
const send = (
  body: unknown,
  headers: Record<string, string> = json,
  as: 'ingest' | null = 'ingest',
) => api.call('POST', '/v1/metrics', { as, body, headers });

async function serviceNamed(name: string): Promise<ServiceDetailBody | null> {
  const list = (await (
    await api.call('GET', '/api/v1/services', { as: 'viewer' })
  ).json()) as ServicesBody;
  const found = list.services.find((one) => one.name === name);
  if (!found) return null;
  return (
    await api.call('GET', `/api/v1/services/${found.id}`, { as: 'viewer' })
  ).json() as Promise<ServiceDetailBody>;
}

/** How long calls of a path took: as the client saw it, and inside the handler. The SDK measures in between. */
type Took = { outside: number[]; inside: number[] };

/** Calls an application a known number of times, a few at once, and measures each call from both sides. */
async function load(url: string, paths: string[]): Promise<Map<string, Took>> {
  const took = new Map<string, Took>();
  const left = [...paths];
  const worker = async () => {
    for (let path = left.pop(); path; path = left.pop()) {
      const started = performance.now();
      const { ms } = (await (await fetch(`${url}${path}`)).json()) as { ms: number };
      const route = path.split('?', 1)[0] ?? '';
      const of = took.get(route) ?? { outside: [], inside: [] };
      of.outside.push(performance.now() - started);
      of.inside.push(ms);
      took.set(route, of);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return took;
}

const nearestRank = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;

const cases = [
  { form: 'protobuf', temporality: 'cumulative', optIn: 'http' },
  { form: 'json', temporality: 'delta', optIn: 'http' },
  // Both names at once: requests are counted once.
  { form: 'protobuf', temporality: 'cumulative', optIn: 'http/dup' },
  { form: 'json', temporality: 'cumulative', optIn: '' },
];
test.each(cases)(
  'a real Node application agrees with its load generator: $form, $temporality, "$optIn"',
  async ({ form, temporality, optIn }) => {
    const name = `shop ${form} ${temporality} ${optIn}`.trim();
    const app = await startTracedApp({
      ...{ YAGURA_URL: door.url, TOKEN: api.tokens.ingest, FORM: form, TEMPORALITY: temporality },
      ...{ SERVICE: name, OTEL_SEMCONV_STABILITY_OPT_IN: optIn },
    });
    try {
      const times = (n: number, path: (i: number) => string) =>
        Array.from({ length: n }, (_, i) => path(i));
      const paths = [
        ...times(400, () => '/fast'),
        ...times(200, (i) => `/slow?ms=${i % 50 === 0 ? 180 : 60}`),
        ...times(30, () => '/fail'),
        ...times(20, () => '/missing'),
      ];
      const took = await load(app.url, paths);
      await fetch(`${app.url}/end`);
      await delay(300);
      const service = await serviceNamed(name);
      expect(service?.source).toBe('metrics');
      // The call that asks for the flush has no route, and may be in it or not.
      const routes = new Map(service?.routes.map((one) => [one.route, one]));
      const counts = [...routes]
        .filter(([route]) => route !== 'GET (no route)')
        .map(([, one]) => one.requests ?? 0);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(paths.length);
      expect(service?.errors).toBe(30);
      expect(routes.get('GET /fail')?.error_rate).toBe(1);
      expect(routes.get('GET /missing')?.error_rate).toBe(0);
      for (const path of ['/slow', '/fast'])
        for (const [share, which] of [
          [0.95, 'p95'],
          [0.99, 'p99'],
        ] as const) {
          const { outside = [], inside = [] } = took.get(path) ?? {};
          const [low, high] = routes.get(`GET ${path}`)?.bounds[which] ?? [Number.NaN, Number.NaN];
          expect(low).toBeLessThanOrEqual(nearestRank(outside, share));
          expect(high).toBeGreaterThanOrEqual(nearestRank(inside, share));
        }
    } finally {
      await app.stop();
    }
  },
  60_000,
);

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
});
const nanos = (ms: number) => `${Math.round(ms)}000000`;
/** A cumulative histogram of one route in one process. */
function metrics(
  service: string,
  point: {
    start: number;
    at: number;
    counts: number[];
    pid?: number;
    path?: string;
    temporality?: number;
  },
) {
  const count = point.counts.reduce((a, b) => a + b, 0);
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            attribute('service.name', service),
            attribute('process.pid', point.pid ?? 1),
          ],
        },
        scopeMetrics: [
          {
            metrics: [
              {
                ...{ name: 'http.server.request.duration', unit: 's' },
                histogram: {
                  aggregationTemporality: point.temporality ?? 2,
                  dataPoints: [
                    {
                      attributes: [
                        attribute('http.request.method', 'GET'),
                        attribute('http.route', point.path ?? '/a'),
                        attribute('http.response.status_code', 200),
                      ],
                      ...{ startTimeUnixNano: nanos(point.start), timeUnixNano: nanos(point.at) },
                      ...{ count: String(count), sum: count * 0.05, explicitBounds: [0.1, 1] },
                      bucketCounts: point.counts.map(String),
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  };
}

test('cumulative counters: sent again, begun again, unheard for long, several processes', async () => {
  const now = Date.now();
  const requests = async () => (await serviceNamed('counters'))?.requests;
  const old = now - 5 * 3_600_000;
  // An old process that is new to us: what it did before is not known, and not of this hour.
  await send(metrics('counters', { start: old, at: now - 50_000, counts: [1000, 0, 0] }));
  expect(await serviceNamed('counters')).toMatchObject({ requests: null, p95_ms: null });
  await send(metrics('counters', { start: old, at: now - 40_000, counts: [1010, 5, 0] }));
  expect(await requests()).toBe(15);
  await send(metrics('counters', { start: old, at: now - 40_000, counts: [1010, 5, 0] }));
  expect(await requests()).toBe(15);
  // A route that the process did not have at the last export.
  await send(
    metrics('counters', { start: old, at: now - 30_000, counts: [2, 0, 0], path: '/new' }),
  );
  expect(await requests()).toBe(17);
  // It began again and says so; the same without saying so.
  await send(metrics('counters', { start: now - 35_000, at: now - 20_000, counts: [3, 0, 0] }));
  expect(await requests()).toBe(20);
  await send(metrics('counters', { start: now - 35_000, at: now - 15_000, counts: [1, 0, 0] }));
  expect(await requests()).toBe(21);
  // Another process with the same attributes.
  await send(
    metrics('counters', { start: now - 30_000, at: now - 10_000, counts: [4, 0, 0], pid: 2 }),
  );
  expect(await requests()).toBe(25);
});

test('a percentile in a bucket without an end says from where it begins, and no more', async () => {
  const now = Date.now();
  await send(
    metrics('endless', { start: now - 60_000, at: now, counts: [1, 0, 99], temporality: 1 }),
  );
  const service = await serviceNamed('endless');
  expect(service).toMatchObject({ p95_ms: null, bounds: { p95: [1000, null] } });
});

test('beyond two hundred routes the rest is summed', async () => {
  const now = Date.now();
  const body = metrics('many', { start: now - 60_000, at: now, counts: [1, 0, 0] });
  const metric = body.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0];
  const [first] = metric?.histogram.dataPoints ?? [];
  if (metric && first)
    metric.histogram.dataPoints = Array.from({ length: 300 }, (_, i) => ({
      ...first,
      attributes: [attribute('http.request.method', 'GET'), attribute('http.route', `/r${i}`)],
    }));
  expect((await send(body)).status).toBe(200);
  const service = await serviceNamed('many');
  expect(service?.requests).toBe(300);
  expect(service?.routes).toHaveLength(201);
  expect(service?.routes[0]).toMatchObject({ route: '(others)', requests: 100 });
});

test('what contradicts itself is refused point by point, with the reason', async () => {
  const now = Date.now();
  const wrong = metrics('wrong', { start: now, at: now - 1000, counts: [1, 0, 0] });
  const answer = await send(wrong);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { partialSuccess: { rejectedDataPoints: 1, errorMessage: 'a start after its time' } },
  ]);
  expect(await (await send({ resourceMetrics: [] })).json()).toEqual({});
});

test('who may send, and what', async () => {
  const bytes = (body: unknown) => gzipSync(JSON.stringify(body));
  const gzip = { ...json, 'content-encoding': 'gzip' };
  expect((await send({}, json, null)).status).toBe(401);
  for (const [as, status] of [
    ['viewer', 403],
    ['operator', 403],
    ['editor', 403],
    ['admin', 200],
  ] as const)
    expect([as, (await api.call('POST', '/v1/metrics', { as, body: {} })).status]).toEqual([
      as,
      status,
    ]);
  // An ingest token reads nothing.
  expect((await api.call('GET', '/api/v1/services', { as: 'ingest' })).status).toBe(403);
  expect((await send('{', json)).status).toBe(400);
  expect((await send('{"resourceMetrics": 1}', json)).status).toBe(400);
  expect((await send('x', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await send(bytes({}), gzip)).status).toBe(200);
  expect((await send('not gzip', gzip)).status).toBe(400);
  expect((await send('{}', { ...json, 'content-encoding': 'br' })).status).toBe(415);
  // 40 MB of nothing in 40 kB.
  expect((await send(gzipSync(Buffer.alloc(40_000_000, ' ')), gzip)).status).toBe(413);
  expect((await send(Buffer.alloc(5_000_000, ' '), json)).status).toBe(413);
  const protobuf = { 'content-type': 'application/x-protobuf' };
  const wrong = await send(new Uint8Array([10, 255, 255, 255]), protobuf);
  expect([wrong.status, wrong.headers.get('content-type')]).toEqual([
    400,
    'application/x-protobuf',
  ]);
  expect(Buffer.from(await wrong.arrayBuffer())).toEqual(
    Buffer.from(
      encodeAnswer('Status', {
        code: 3,
        message: 'The body is not a valid MetricsRequest of OTLP.',
      }),
    ),
  );
});
