/**
 * Days of a wall in minutes: a real browser on the web app, its clock turned on by hand. Each tick is one question and one
 * answer, as in four or five seconds of a screen; clusters, alerts and values change with each. Says what the page's memory
 * and document are at the start, on the way and at the end, after garbage was collected.
 * node --import tsx bench/wall.ts [--ticks=10000] [--development]; ends with 1 when they grow.
 */
import type { Page } from 'playwright';
import { openBrowser } from '../e2e/open-browser';
import { type Day, startDay, token } from '../e2e/wall-day';

const given = process.argv.find((one) => one.startsWith('--ticks='))?.slice(8);
const ticks = Number(given ?? (process.argv.includes('--quick') ? 600 : 10_000));
if (process.argv.includes('--development')) process.env.YAGURA_E2E_DEVELOPMENT = '1';
/** The second half against the first, after warming up. */
const allowed = { heap: 1.1, nodes: 1.05 };

type Look = { tick: number; heapMb: number; nodes: number; listeners: number; answers: number };

async function look(page: Page, tick: number, answers: number): Promise<Look> {
  const session = await page.context().newCDPSession(page);
  // Twice: what the first leaves to finalisers goes with the second.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  await session.detach();
  return {
    ...{ tick, answers, nodes: of('Nodes'), listeners: of('JSEventListeners') },
    heapMb: Math.round((of('JSHeapUsedSize') / 1024 / 1024) * 100) / 100,
  };
}

/** Another picture with each answer: states, values, alerts that come and go, and every few ticks no answer at all. */
function changed(body: WallBody, tick: number): WallBody {
  const wave = Math.sin(tick / 7);
  const spark = Array.from({ length: 31 }, (_, n) => 5 + wave * Math.sin((n + tick) / 4));
  const states = ['ok', 'warning', 'critical', 'unknown'];
  const clusters = Array.from({ length: 9 }, (_, n) => ({
    ...(structuredClone(body.clusters[0]) as object),
    number: n + 1,
    cluster: `cluster ${n + 1} ${tick % 5}`,
    state: states[(n + tick) % 4],
    last_seen: Date.now() + body.ahead - ((n * tick) % 90_000),
    layers: (['application', 'database', 'infrastructure'] as const).map((layer) => ({
      ...{ layer, state: states[(n + tick) % 3], measured: (n + tick) % 5 > 0, spark },
      headline: { name: 'x', value: 10 + 9 * wave, unit: 'ms', at: Date.now() + body.ahead },
    })),
  }));
  const alerts = Array.from({ length: tick % 4 }, (_, n) => ({
    ...{ number: 1, cluster: 'c', id: String(n), instance: 'i', level: 'critical', value: tick },
    ...{
      says: { en: `Alert ${tick % 9}`, ja: '' },
      fired_at: Date.now(),
      threshold: 1,
      unit: 'ms',
    },
    ...{ direction: 'above', per_second: false, data_at: Date.now(), acknowledged: false },
    takes_screen: tick % 40 < 4,
  }));
  return { ...body, clusters, alerts, incidents: [] };
}
type WallBody = { clusters: unknown[]; incidents: unknown[]; alerts: unknown[]; ahead: number };

/** The most of each: pages have different numbers of nodes, and a look finds one of them. */
const most = (looks: Look[]) => ({
  heapMb: Math.max(...looks.map((one) => one.heapMb)),
  nodes: Math.max(...looks.map((one) => one.nodes)),
  listeners: Math.max(...looks.map((one) => one.listeners)),
});

async function run(day: Day): Promise<Look[]> {
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    const page = await context.newPage();
    const answer = await page.request.post(`${day.url}/api/v1/walls`, {
      headers: { authorization: `Bearer ${token}` },
      data: { name: 'Soak', names: true, sql: true, rotate_s: 5 },
    });
    const { path } = (await answer.json()) as { path: string };
    await page.clock.install();
    let last: WallBody | null = null;
    let asked = 0;
    let tick = 0;
    await page.route('**/state', async (route) => {
      asked++;
      // One real answer in fifty is enough for the server's part; the page cannot tell.
      if (!last || asked % 50 === 0) last = { ...(await (await route.fetch()).json()), ahead: 0 };
      if (tick % 200 < 4) return route.abort('connectionrefused');
      await route.fulfill({ json: { ...changed(last as WallBody, asked), now: Date.now() } });
    });
    await page.goto(day.url + path);
    await page.waitForSelector('.wall-tower', { timeout: 120_000 });
    await page.clock.pauseAt(Date.now() + 60_000);
    const looks: Look[] = [];
    const warm = Math.min(500, Math.ceil(ticks / 10));
    const every = Math.ceil((ticks - warm) / 20);
    for (; tick <= ticks; tick++) {
      await page.clock.runFor(5000);
      if (tick >= warm && (tick - warm) % every === 0) {
        looks.push(await look(page, tick, asked));
        console.log(JSON.stringify(looks.at(-1)));
      }
    }
    const shown = await page.locator('.wall').getAttribute('data-connection');
    console.log(`at the end the screen is ${shown}`);
    return looks;
  } finally {
    await browser.close();
  }
}

const day = await startDay('soak');
let grown = false;
try {
  const started = Date.now();
  const looks = await run(day);
  if (looks.length < 10) throw new Error('too few looks');
  const half = Math.floor(looks.length / 2);
  const first = most(looks.slice(0, half));
  const end = most(looks.slice(half));
  const heap = end.heapMb / first.heapMb;
  const nodes = end.nodes / first.nodes;
  const hours = Math.round((ticks * 5) / 360) / 10;
  console.log(
    `wall: ${ticks} ticks, ${hours} h of the screen's clock in ${Math.round((Date.now() - started) / 1000)} s; ` +
      `heap ${first.heapMb} → ${end.heapMb} MiB (${heap.toFixed(2)}), nodes ${first.nodes} → ${end.nodes} (${nodes.toFixed(2)})`,
  );
  grown = heap > allowed.heap || nodes > allowed.nodes || end.listeners > first.listeners;
} finally {
  await day.stop();
}
if (grown) {
  console.error('wall: it grows');
  process.exitCode = 1;
}
