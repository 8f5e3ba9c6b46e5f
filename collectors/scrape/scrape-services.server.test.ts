/** Applications whose metrics are fetched: a real one under a known load, over a restart, and all that is none. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { randomToken } from '@/lib/auth/random-token';
import type { ScrapeBody, ServiceDetailBody } from '@/lib/contract';
import { type RunningApi, startApi } from '@/scripts/servers/api';
import { freePort } from '@/scripts/servers/embedded';
import { startTracedApp, type TracedApp } from '@/scripts/traced-app/run';
import { scrapeServices } from './scrape-services';

const rootKey = randomToken();
let api: RunningApi;
const open: (TracedApp | Server)[] = [];

beforeAll(async () => {
  api = await startApi(rootKey);
  await api.db.query(`insert into cluster (name) values ('shop')`);
});
afterEach(async () => {
  for (const one of open.splice(0)) await ('stop' in one ? one.stop() : one.close());
  await api.db.query('delete from scrape');
});
afterAll(() => api?.stop());

const app = async (env: Record<string, string>) => {
  const started = await startTracedApp(env, 'scripts/scraped-app/app.ts');
  open.push(started);
  return started;
};
const add = (body: object, as: 'editor' | 'operator' = 'editor') =>
  api.call('POST', '/api/v1/clusters/1/scrapes', { as, body });

/** Everything is due at once. */
async function scrape(): Promise<ScrapeBody[]> {
  await api.db.query(`update scrape set due_at = now() - interval '1 second'`);
  await scrapeServices(api.db, rootKey);
  const answer = await api.call('GET', '/api/v1/clusters/1/scrapes', { as: 'viewer' });
  return ((await answer.json()) as { scrapes: ScrapeBody[] }).scrapes;
}

async function serviceOf({ service }: ScrapeBody): Promise<ServiceDetailBody> {
  const answer = await api.call('GET', `/api/v1/services/${service.id}`, { as: 'viewer' });
  return answer.json() as Promise<ServiceDetailBody>;
}

async function load(url: string, paths: string[]): Promise<number[]> {
  const took: number[] = [];
  const left = [...paths];
  const worker = async () => {
    for (let path = left.pop(); path; path = left.pop())
      took.push(((await (await fetch(`${url}${path}`)).json()) as { ms: number }).ms);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return took;
}
const times = (n: number, path: string) => Array.from({ length: n }, () => path);
/** The bucket of the application that holds a duration, in ms. */
const bounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
const bucketOf = (ms: number) => bounds.findIndex((bound) => ms <= bound);

test.each(['stable', 'usual'])(
  'a real application agrees with its load generator, names: %s',
  async (names) => {
    const running = await app({ NAMES: names });
    expect((await add({ service: `web ${names}`, url: `${running.url}/metrics` })).status).toBe(
      201,
    );
    expect(await scrape()).toMatchObject([{ error: null, points: 0 }]);
    const took = await load(running.url, [
      ...times(300, '/fast'),
      ...times(90, '/slow?ms=60'),
      ...times(10, '/slow?ms=180'),
      ...times(25, '/fail'),
    ]);
    const [read] = await scrape();
    expect(read).toMatchObject({ error: null, points: 3, has_token: false });
    const service = await serviceOf(read as ScrapeBody);
    expect(service).toMatchObject({ requests: 425, errors: 25, cluster: { id: '1' } });
    expect(new Map(service.routes.map((one) => [one.route, one.requests]))).toEqual(
      new Map([
        ['GET /fast', 300],
        ['GET /slow', 100],
        ['GET /fail', 25],
      ]),
    );
    const sorted = took.toSorted((a, b) => a - b);
    for (const [share, said] of [
      [0.5, service.p50_ms],
      [0.95, service.p95_ms],
      [0.99, service.p99_ms],
    ] as const) {
      const known = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
      expect(Math.abs(bucketOf(said ?? Number.NaN) - bucketOf(known))).toBeLessThanOrEqual(1);
    }
    // Fetched again, nothing is counted twice.
    await scrape();
    expect((await serviceOf(read as ScrapeBody)).requests).toBe(425);
  },
);

test('a restart of the application takes nothing away and adds what came since', async () => {
  const PORT = String(await freePort());
  const first = await app({ PORT });
  await add({ service: 'restarted', url: `${first.url}/metrics` });
  await scrape();
  await load(first.url, times(40, '/fast'));
  const [read] = await scrape();
  await first.stop();
  const [gone] = await scrape();
  expect(gone).toMatchObject({ error: { code: 'unreachable' } });
  expect(gone?.last_ok_at).toBe(read?.last_ok_at);
  const second = await app({ PORT });
  await load(second.url, times(7, '/fast'));
  expect(await scrape()).toMatchObject([{ error: null }]);
  expect((await serviceOf(read as ScrapeBody)).requests).toBe(47);
});

test('a token is sent, kept sealed and never told', async () => {
  const token = 'a-token-of-the-application-4711';
  const running = await app({ TOKEN: token });
  await add({ service: 'closed', url: `${running.url}/metrics` });
  expect(await scrape()).toMatchObject([{ error: { message: expect.stringContaining('401') } }]);
  await api.db.query('delete from scrape');
  const answer = await add({ service: 'closed', url: `${running.url}/metrics`, token });
  expect(await answer.text()).not.toContain(token);
  expect(await scrape()).toMatchObject([{ error: null, has_token: true }]);
  const { rows } = await api.db.query(
    `select (select json_agg(s)::text from scrape s) || (select json_agg(a)::text from audit_entry a) as all`,
  );
  expect(rows[0]?.all).not.toContain(token);
});

const bucket = (le: string, n: number | string) =>
  `http_request_duration_seconds_bucket{method="GET",le="${le}"} ${n}\n`;
const count = (n: number | string) => `http_request_duration_seconds_count{method="GET"} ${n}\n`;
test.each([
  ['an error page', '<html>Not here</html>', /line 1/],
  ['nothing', '', /no histogram/],
  ['other metrics', 'up 1\n', /no histogram/],
  [
    'buckets that fall',
    `${bucket('1', 5)}${bucket('2', 3)}${bucket('+Inf', 9)}${count(9)}`,
    /contradict/,
  ],
  ['more in buckets than in all', `${bucket('1', 9)}${count(5)}`, /contradict/],
  ['no number', `${bucket('1', 'NaN')}${count('NaN')}`, /contradict/],
  ['half a request', `${bucket('1', 0.5)}${count(1)}`, /contradict/],
  ['a bound that is none', `${bucket('wide', 1)}${count(1)}`, /contradict/],
  ['more than is read', `# ${'x'.repeat(9 * 1024 * 1024)}`, /more than/],
])('%s is a reason, not a reading', async (_, text, reason) => {
  const server = createServer((__, response) => response.end(text));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  await add({ service: 'odd', url });
  const [read] = await scrape();
  expect(read?.error?.message).toMatch(reason);
  expect((await serviceOf(read as ScrapeBody)).requests).toBeNull();
});

test('one that hangs holds up no other', async () => {
  const silent = createServer(() => {});
  open.push(silent);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const running = await app({});
  await add({ service: 'a', url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/` });
  await add({ service: 'b', url: `${running.url}/metrics` });
  expect(await scrape()).toMatchObject([{ error: { code: 'timeout' } }, { error: null }]);
  silent.closeAllConnections();
});

test('bad input is refused with the field, and roles are kept', async () => {
  const url = 'http://127.0.0.1:9/metrics';
  for (const [body, field] of [
    [{ service: 'x', url: 'ftp://127.0.0.1/' }, 'url'],
    [{ service: 'x', url: 'http://user:secret@127.0.0.1/' }, 'url'],
    [{ service: '', url }, 'service'],
    [{ url }, 'service'],
  ] as const) {
    const answer = await add(body);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain(field);
  }
  expect((await add({ service: 'x', url }, 'operator')).status).toBe(403);
  const made = (await (await add({ service: 'x', url })).json()) as ScrapeBody;
  expect((await add({ service: 'x', url })).status).toBe(409);
  const remove = () => api.call('DELETE', `/api/v1/scrapes/${made.id}`, { as: 'editor' });
  expect((await remove()).status).toBe(204);
  expect((await remove()).status).toBe(404);
});
