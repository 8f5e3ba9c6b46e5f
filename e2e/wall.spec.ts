/** A day of a screen that nobody touches: nights, restarts, a new build, an outage, an incident, and the end of its link. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { type Day, startDay, token } from './wall-day';

let day: Day;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  day = await startDay('first');
});
test.afterAll(() => day?.stop());

const wall = (page: Page) => page.locator('.wall');
const loud = (page: Page, kind: string) => page.locator(`[data-loud=${kind}]`);
/** 10 s are promised; one more for the test's own looks. */
const promised = { timeout: 11_000 };
const isLive = (page: Page, timeout = 20_000) =>
  expect(wall(page)).toHaveAttribute('data-connection', 'live', { timeout });

/** Whether this is still the document that was marked. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { wallMark: true }));
const isMarked = (page: Page) => page.evaluate(() => 'wallMark' in window);

async function make(
  page: Page,
  given: object,
): Promise<{ id: string; path: string; plain_path: string }> {
  const answer = await page.request.post(`${day.url}/api/v1/walls`, {
    headers: { authorization: `Bearer ${token}` },
    data: { name: 'Lobby', panels: ['towers'], names: true, ...given },
  });
  expect(answer.status()).toBe(201);
  return answer.json();
}

test('a wall lives through a day by itself', async ({ browser }) => {
  test.setTimeout(600_000);
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const made = await make(page, {});
  await page.clock.install();

  await test.step('a fresh browser opens the link, and the token stays nowhere that a script can read', async () => {
    await page.goto(day.url + made.path);
    await page.waitForURL(`${day.url}/wall/${made.id}`);
    await isLive(page, 60_000);
    await expect(page.locator('.wall-tower')).toHaveCount(2);
    await expect(page.locator('.wall-tower[data-state=ok]')).toHaveCount(2);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => [one.id, one.nodes.length])).toEqual([]);
    const secret = made.path.split('#')[1] ?? '';
    expect(await page.evaluate(() => document.cookie)).not.toContain(secret);
    expect(await page.content()).not.toContain(secret);
    const cookies = await context.cookies(`${day.url}/wall/${made.id}`);
    expect(cookies.map((one) => [one.path, one.httpOnly, one.sameSite])).toEqual([
      [`/wall/${made.id}`, true, 'Lax'],
    ]);
    expect(await context.cookies(`${day.url}/api/v1/clusters`)).toEqual([]);
    // Where people sign in, the screen is nobody.
    expect((await page.request.get(`${day.url}/api/v1/clusters`)).status()).toBe(401);
  });

  await test.step('eight hours of sleep are over with one answer', async () => {
    await mark(page);
    await page.clock.fastForward('08:00:00');
    await isLive(page, 10_000);
    await expect(page.locator('.wall-tower[data-state=ok]')).toHaveCount(2);
    // The time on it is the server's, whatever the screen's own clock says.
    const shown = (await page.locator('time.wall-clock').textContent()) ?? '';
    const [hours = 0, minutes = 0, seconds = 0] = shown.split(':').map(Number);
    const off = Math.abs(hours * 3600 + minutes * 60 + seconds - ((Date.now() / 1000) % 86_400));
    expect(Math.min(off, 86_400 - off)).toBeLessThan(5);
    expect(await isMarked(page)).toBe(true);
  });

  await test.step('a server that restarts is missed within 10 s, and back without a touch', async () => {
    await day.stopWeb();
    await expect(loud(page, 'lost')).toBeVisible(promised);
    await expect(page.locator('[data-state=ok]')).toHaveCount(0);
    await day.startWeb('first');
    await isLive(page, 60_000);
    await expect(page.locator('.wall-tower[data-state=ok]')).toHaveCount(2);
  });

  await test.step('a new build is loaded, once', async () => {
    await page.waitForTimeout(5000);
    await mark(page);
    await day.stopWeb();
    await day.startWeb('second');
    await expect(async () => expect(await isMarked(page)).toBe(false)).toPass({ timeout: 90_000 });
    await isLive(page, 60_000);
    await mark(page);
    await page.waitForTimeout(15_000);
    expect(await isMarked(page)).toBe(true);
  });

  await test.step('two builds behind one name do not make it load for ever', async () => {
    let answers = 0;
    await page.route('**/state', async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      await route.fulfill({ json: { ...body, build: answers++ % 2 ? 'second' : 'third' } });
    });
    let loads = 0;
    page.on('load', () => loads++);
    await page.waitForTimeout(25_000);
    await page.unroute('**/state');
    expect(answers).toBeGreaterThan(4);
    expect(loads).toBeLessThanOrEqual(1);
    await isLive(page);
  });

  await test.step('a store that is down is said within 10 s, and nothing is green', async () => {
    await day.stopStore();
    await expect(loud(page, 'store')).toBeVisible(promised);
    await expect(page.locator('[data-state=ok]')).toHaveCount(0);
    // A screen that is switched on meanwhile says the same, and returns with the other.
    const late = await context.newPage();
    await late.goto(`${day.url}/wall/${made.id}`);
    await expect(loud(late, 'store')).toBeVisible(promised);
    await day.startStore();
    await isLive(page, 30_000);
    await isLive(late, 30_000);
    await expect(late.locator('.wall-tower')).toHaveCount(2);
    await late.close();
  });

  await test.step('a collector that is silent makes all unknown', async () => {
    day.collecting = false;
    await day.query(
      `update instance_status set last_seen = now() - interval '2 minutes', last_attempt = now() - interval '2 minutes'`,
    );
    await expect(page.locator('.wall-tower[data-state=unknown]')).toHaveCount(2, promised);
    await expect(page.locator('.wall-tower[data-state=ok]')).toHaveCount(0);
    day.collecting = true;
    await expect(page.locator('.wall-tower[data-state=ok]')).toHaveCount(2, { timeout: 20_000 });
  });

  await test.step('an incident takes the screen, until somebody is on it', async () => {
    await day.fire('firing', null);
    await expect(page.locator('[data-takeover]')).toBeVisible(promised);
    await expect(page.locator('[data-takeover] h1')).toHaveText('The server does not answer');
    await expect(page.locator('[data-takeover]')).toContainText('billing-1');
    await day.fire('firing', Date.now() + 3_600_000);
    await expect(page.locator('[data-takeover]')).toBeHidden(promised);
    await expect(page.locator('.wall-tower')).toHaveCount(2);
  });

  await test.step('a critical incident takes the screen, until users no longer feel it', async () => {
    await day.query(
      `insert into incident (title, severity, phase, cluster_id, opened_by, started_at, detected_at)
       values ('Checkout fails', 'critical', 'detect', 1, 'test', now(), now())`,
    );
    await expect(page.locator('[data-incident] h1')).toHaveText('Checkout fails', promised);
    await day.query(`update incident set phase = 'fix', mitigated_at = now()`);
    await expect(page.locator('[data-incident]')).toBeHidden(promised);
  });

  await test.step('a change of what it shows comes by itself, also of its language', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const data = { language: 'ja', theme: 'light', names: false };
    await page.request.patch(`${day.url}/api/v1/walls/${made.id}`, { headers, data });
    await expect(wall(page)).toHaveAttribute('data-theme', 'light', promised);
    await expect(wall(page)).toHaveAttribute('lang', 'ja', { timeout: 20_000 });
    await expect(page.locator('.wall-tower').first()).toContainText('クラスター');
    expect(await page.content()).not.toMatch(/billing|orders/);
  });

  await test.step('a revoked link says so within 10 s and shows nothing else', async () => {
    const headers = { authorization: `Bearer ${token}` };
    await page.request.delete(`${day.url}/api/v1/walls/${made.id}`, { headers });
    await expect(loud(page, 'revoked')).toBeVisible(promised);
    await expect(page.locator('.wall-tower')).toHaveCount(0);
    await page.reload();
    await expect(loud(page, 'revoked')).toBeVisible();
    await page.goto(day.url + made.path);
    await expect(loud(page, 'revoked')).toBeVisible({ timeout: 20_000 });
  });
  expect(faults).toEqual([]);
  await context.close();
});

test('a page whose scripts did not arrive says that it is old within 10 s, and mends itself', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const context = await browser.newContext();
  const page = await context.newPage();
  const made = await make(page, {});
  await page.goto(day.url + made.path);
  await page.waitForURL(`${day.url}/wall/${made.id}`);
  await isLive(page, 60_000);
  await page.route(/\.js(\?|$)/, (route) => route.abort());
  await page.reload({ waitUntil: 'commit' });
  await expect(page.locator('.wall-dead')).toBeVisible({ timeout: 20_000 });
  await expect(wall(page)).toHaveAttribute('data-connection', 'opening');
  await page.unroute(/\.js(\?|$)/);
  await isLive(page, 90_000);
  await expect(page.locator('.wall-dead')).toBeHidden();
  await context.close();
});

test('a wall says what it can without scripts, and a link that is none says that', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const made = await make(page, { rotate_s: 5 });
  await page.goto(day.url + made.plain_path);
  await page.waitForURL(`${day.url}/wall/${made.id}`);
  await expect(page.locator('.wall-tower')).toHaveCount(2);
  const before = await page.locator('time.wall-clock').textContent();
  await expect(page.locator('time.wall-clock')).not.toHaveText(before ?? '', { timeout: 20_000 });
  await context.close();

  const other = await browser.newContext();
  const stranger = await other.newPage();
  await stranger.goto(`${day.url}/wall/${made.id}`);
  await expect(loud(stranger, 'unknown')).toBeVisible();
  await expect(stranger.locator('.wall-tower')).toHaveCount(0);
  await stranger.goto(`${day.url}/wall#${'x'.repeat(43)}`);
  await expect(loud(stranger, 'unknown')).toBeVisible({ timeout: 20_000 });
  await other.close();
});
