/**
 * What a browser needs for the longest pages, with 5,000 statements and 2,000 tables on one server: a production build of
 * the web app alone, on a store filled as one busy server leaves it. Compressed script, largest paint, layout shift, the
 * longest task while loading, and the slowest answer to what a person does there.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { freePort, startPostgres } from '@/scripts/servers/embedded';
import { openBrowser } from '../e2e/open-browser';
import { signIn } from '../e2e/sign-in';
import { addInstances } from './fill';
import { fillBig, statementId, statements, tables } from './fill-big';
import { type Act, measurePage } from './measure-page';
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
  const results: Record<string, Awaited<ReturnType<typeof measurePage>>> = {};
  try {
    for (const [name, address, act] of pages(cluster)) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      await signIn(context, url);
      results[name] = await measurePage(context, new URL(address, url).href, act);
      await context.close();
    }
    return results;
  } finally {
    await browser.close();
  }
}
