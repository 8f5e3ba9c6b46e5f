/**
 * What a browser needs for the longest pages, with 5,000 statements and 2,000 tables on one server: a production build of
 * the web app alone, on a store filled as one busy server leaves it. Compressed script, largest paint, layout shift, the
 * longest task while loading, and the slowest answer to what a person does there.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { freePort, startPostgres } from '@/scripts/servers/embedded';
import { openBrowser } from '../e2e/open-browser';
import { signIn } from '../e2e/sign-in';
import { addInstances } from './fill';
import { fillBig, statementId, statements, tables } from './fill-big';
import { startWeb } from './start-web';

const folder = await mkdtemp(path.join(tmpdir(), 'yagura-screens-'));
const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
try {
  await migrate(server.url());
  const db = openPool(server.url(), 4);
  db.options.statement_timeout = 600_000;
  const [lease] = await addInstances(db, 1);
  if (!lease) throw new Error('no instance');
  await fillBig(db, lease);
  const { rows } = await db.query('select cluster_id from instance where id = $1', [
    lease.instanceId,
  ]);
  const url = `http://127.0.0.1:${await freePort()}`;
  const web = await startWeb({ url, store: server.url(), folder });
  try {
    console.log(`screens: ${statements} statements, ${tables} tables, 1440 px`);
    console.table(await measureAll(url, `/clusters/${rows[0].cluster_id}`));
  } finally {
    await web.stop();
    await db.end();
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

type Act = (page: Page) => Promise<void>;

/** Each page with what a person does on it. */
function pages(cluster: string): [string, string, Act?][] {
  const point: Act = async (page) => {
    const box = await page.locator('svg.recharts-surface').first().boundingBox();
    if (!box) throw new Error('no chart');
    for (let n = 1; n < 20; n++)
      await page.mouse.move(box.x + (box.width * n) / 20, box.y + box.height / 2);
  };
  const sort: Act = async (page) => {
    await page.locator('th button').nth(1).click();
    await page.waitForTimeout(700);
  };
  const search: Act = async (page) => {
    await page.getByRole('searchbox').first().pressSequentially('number 77', { delay: 60 });
    await page.waitForTimeout(700);
  };
  return [
    ['fleet', '/'],
    ['cluster', `${cluster}?range=24h`],
    ['statements, 50', `${cluster}/statements?range=24h`, sort],
    ['statements, 500', `${cluster}/statements?range=24h&limit=500`, sort],
    ['statements, 500, searched', `${cluster}/statements?range=24h&limit=500`, search],
    ['statement', `${cluster}/statements/${statementId(7)}?range=24h`, point],
    ['changes', `${cluster}/compare?range=12h`],
    ['load', `${cluster}/load?range=24h&by=statement`, point],
    ['tables', `${cluster}/tables`, sort],
    ['advice', `${cluster}/advice`],
  ];
}

async function measureAll(url: string, cluster: string) {
  const browser = await openBrowser();
  const results: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  try {
    for (const [name, address, act] of pages(cluster)) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      await signIn(context, url);
      results[name] = await measure(context, new URL(address, url).href, act);
      await context.close();
    }
    return results;
  } finally {
    await browser.close();
  }
}

type Seen = { paint: number; shift: number; tasks: number[]; answers: number[] };
declare global {
  interface Window {
    seen: Seen;
  }
}

async function measure(context: BrowserContext, address: string, act?: Act) {
  const page = await context.newPage();
  let script = 0;
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  const kinds = new Map<string, string>();
  network.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (kinds.get(requestId) === 'Script') script += encodedDataLength;
  });
  await page.addInitScript(() => {
    window.seen = { paint: 0, shift: 0, tasks: [], answers: [] };
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { entryType, startTime, duration } = entry;
        if (entryType === 'largest-contentful-paint') window.seen.paint = startTime;
        if (entryType === 'longtask') window.seen.tasks.push(duration);
        if (entryType === 'event') window.seen.answers.push(duration);
        const { value, hadRecentInput } = entry as never as {
          value: number;
          hadRecentInput: boolean;
        };
        if (entryType === 'layout-shift' && !hadRecentInput) window.seen.shift += value;
      }
    });
    for (const type of ['largest-contentful-paint', 'layout-shift', 'longtask', 'event'])
      observer.observe({ type, buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
  });
  await page.goto(address);
  await page.waitForFunction(() => document.querySelector('[data-skeleton]') === null);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(500);
  const loaded = await page.evaluate(() => ({ ...window.seen, tasks: [...window.seen.tasks] }));
  await page.evaluate(() => {
    window.seen.tasks.length = 0;
    window.seen.answers.length = 0;
  });
  if (act) await act(page);
  await page.waitForTimeout(300);
  const after = await page.evaluate(() => window.seen);
  await page.close();
  const most = (list: number[]) => Math.round(Math.max(0, ...list));
  return {
    'script KB': Math.round(script / 1024),
    'paint ms': Math.round(loaded.paint),
    shift: Math.round(loaded.shift * 1000) / 1000,
    'task ms': most(loaded.tasks),
    'answer ms': act ? most(after.answers) : null,
    'task after ms': act ? most(after.tasks) : null,
  };
}
