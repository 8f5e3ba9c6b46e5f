/**
 * Pictures of the wall at its three sizes, dark and light, English and Japanese, in each state it can be in. What is bad is
 * put into the answer of the server: no fleet can be all of it at once.
 */
import type { Browser, BrowserContext, Page } from 'playwright';
import { signIn } from '../e2e/sign-in';
import type { WallMadeBody, WallStateBody } from '../lib/contract';

const sizes = [
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
  { width: 1080, height: 1920 },
];
const kinds = [
  'good',
  'bad',
  'unknown',
  'critical',
  'incident',
  'disconnected',
  'store',
  'alerts',
  'replication',
  'statements',
  'revoked',
] as const;
type Kind = (typeof kinds)[number];
type Cluster = WallStateBody['clusters'][number];

const names = ['orders', 'billing', 'search', 'warehouse'];
const wave = (n: number, by: number) => 5 + Math.sin((n + by) / 3) + (n > 22 ? (n - 22) / 6 : 0);

function tower(at: number, now: number): Cluster {
  const spark = Array.from({ length: 31 }, (_, n) => wave(n, at * 5));
  const layer = (
    name: 'application' | 'database' | 'infrastructure',
    value: number,
    unit: string,
  ) => ({
    ...{ layer: name, state: 'ok' as const, measured: true, spark },
    headline: { name, value, unit, at: now - 3000 },
  });
  return {
    ...{ number: at + 1, cluster: names[at] ?? null, engines: [at % 2 ? 'mariadb' : 'postgres'] },
    ...{
      state: 'ok',
      sentence: { state: 'ok', code: 'all_well', values: {} },
      last_seen: now - 3000,
    },
    ...{ servers: 3, down: 0, worst_lag_ms: 12, replicas: 2, load: 1 },
    layers: [
      layer('application', 84 * (at + 1), 'ms'),
      layer('database', 0.52 * (at + 1) ** 3, 'ms'),
      layer('infrastructure', 0.23 + at * 0.1, 'ratio'),
    ],
  };
}

function worsen(clusters: Cluster[], now: number): void {
  const [first, second, third] = clusters;
  if (!first || !second || !third) return;
  const set = (
    one: Cluster,
    state: Cluster['state'],
    code: 'replica_stopped' | 'lock_waits' | 'nothing_seen',
    values: Cluster['sentence']['values'],
  ) => Object.assign(one, { state, sentence: { state, code, values } });
  set(first, 'critical', 'replica_stopped', { instance: 'orders-2', cause: 'replay_paused' });
  set(second, 'warning', 'lock_waits', { instance: 'billing-1', count: 17 });
  set(third, 'unknown', 'nothing_seen', {});
  Object.assign(first.layers[1] ?? {}, { state: 'critical' });
  for (const layer of second.layers.slice(0, 2)) layer.state = 'warning';
  third.last_seen = now - 400_000;
  for (const layer of third.layers) {
    layer.state = 'unknown';
    if (layer.headline) layer.headline.at = now - 400_000;
  }
  Object.assign(third.layers[2] ?? {}, { measured: false, headline: null });
}

/** The answer as it would be. */
function altered(body: WallStateBody, kind: Kind): WallStateBody {
  const { now } = body;
  const wall = {
    ...body.wall,
    panels: ['alerts', 'replication', 'statements'].includes(kind) ? [kind] : ['towers'],
  };
  if (kind === 'statements' || kind === 'good') return { ...body, wall: wall as typeof body.wall };
  const clusters = names.map((_, at) => tower(at, now));
  if (kind === 'unknown')
    for (const one of clusters) {
      one.last_seen = now - 180_000;
      for (const { headline } of one.layers) if (headline) headline.at = now - 180_000;
    }
  else worsen(clusters, now);
  const alert = (id: string, takes: boolean): WallStateBody['alerts'][number] => ({
    ...{
      number: 1,
      cluster: 'orders',
      id,
      instance: 'orders-2',
      level: takes ? 'critical' : 'warning',
    },
    says: { en: 'Connections are nearly used up', ja: '接続数がほぼ上限に達しています' },
    ...{ fired_at: now - 187_000, value: 0.94, threshold: 0.9, direction: 'above', unit: 'ratio' },
    ...{ per_second: false, data_at: now, acknowledged: false, takes_screen: takes },
  });
  const replica = (
    number: number,
    rank: number,
    state: 'streaming' | 'stopped',
    lag: number | null,
  ) => ({
    ...{ number, cluster: names[number - 1] ?? null, replica: `${names[number - 1]}-${rank + 1}` },
    ...{ rank, state, lag_ms: lag, late_ms: lag, at: now - 2000 },
  });
  return {
    ...{ ...body, wall: wall as typeof body.wall, clusters, more_alerts: 0 },
    incidents:
      kind === 'incident'
        ? [
            {
              ...{ number: 1, cluster: 'orders', id: '1', title: 'Checkout fails: orders-2' },
              ...{ severity: 'critical', phase: 'triage', started_at: now - 540_000, firing: 3 },
              takes_screen: true,
            },
          ]
        : [],
    alerts:
      kind === 'critical'
        ? [alert('1', true)]
        : kind === 'alerts'
          ? [alert('1', false), alert('2', false)]
          : [],
    replicas: [
      replica(1, 1, 'stopped', null),
      replica(2, 1, 'streaming', 41_000),
      replica(4, 1, 'streaming', 3),
    ],
  };
}

async function take(
  context: BrowserContext,
  url: string,
  made: WallMadeBody,
  kind: Kind,
  file: string,
) {
  const page: Page = await context.newPage();
  page.on('pageerror', (error) => console.warn(`  wall ${kind}: ${error.message}`));
  let silent = false;
  await page.route('**/state', async (route) => {
    if (silent) return route.abort();
    if (kind === 'store')
      return route.fulfill({ status: 503, json: { error: { code: 'store_unavailable' } } });
    if (kind === 'revoked')
      return route.fulfill({ status: 403, json: { error: { code: 'revoked' } } });
    const answer = await route.fetch();
    const body = (await answer.json()) as WallStateBody;
    await route.fulfill({ json: altered(body, kind === 'disconnected' ? 'bad' : kind) });
  });
  const answered = page.waitForResponse(/\/state$/);
  await page.goto(new URL(made.path, url).href);
  await page.waitForURL(/\/wall\/\d+$/);
  const loud = kind === 'store' || kind === 'revoked';
  await page.waitForSelector(loud ? `[data-loud=${kind}]` : '.wall-body');
  await answered;
  if (kind === 'disconnected') {
    silent = true;
    await page.waitForSelector('[data-loud=lost]', { timeout: 15_000 });
  }
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
  // What hangs over the edge of what it is in is not readable; a cut with dots is meant.
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('.wall p, .wall h1, .wall h2, .wall span, .wall time')]
      .filter(
        (one) =>
          one.scrollWidth > one.clientWidth + 2 &&
          getComputedStyle(one).textOverflow !== 'ellipsis' &&
          one.clientWidth > 0,
      )
      .map((one) => one.textContent?.slice(0, 40)),
  );
  if (cut.length > 0) console.warn(`  wall ${kind}: cut off: ${cut.join(' | ')}`);
  await page.screenshot({ path: file });
  await page.close();
  console.log(file);
}

/** All of them, with a wall made for it and revoked afterwards. */
export async function takeWalls(
  browser: Browser,
  given: { url: string; out: string; theme?: string | undefined; lang?: string | undefined },
): Promise<void> {
  const signedIn = await browser.newContext();
  await signIn(signedIn, given.url);
  const call = (method: 'POST' | 'DELETE', path: string, data?: object) =>
    signedIn.request.fetch(new URL(`/api/v1${path}`, given.url).href, {
      ...{ method, headers: { origin: new URL(given.url).origin } },
      ...(data ? { data } : {}),
    });
  for (const theme of ['dark', 'light'].filter((one) => !given.theme || one === given.theme))
    for (const language of ['en', 'ja'].filter((one) => !given.lang || one === given.lang)) {
      const panels = ['towers', 'alerts', 'replication', 'statements'];
      const wall = { name: 'Operations', panels, theme, language, names: true, sql: true };
      const made = (await (await call('POST', '/walls', wall)).json()) as WallMadeBody;
      for (const viewport of sizes) {
        const context = await browser.newContext({ viewport });
        for (const kind of kinds)
          await take(
            ...([context, given.url, made, kind] as const),
            `${given.out}/wall-${kind}-${theme}-${viewport.width}-${language}.png`,
          ).catch((error) =>
            console.warn(`  wall ${kind}: ${error instanceof Error ? error.message : error}`),
          );
        await context.close();
      }
      await call('DELETE', `/walls/${made.id}`);
    }
  await signedIn.close();
}
