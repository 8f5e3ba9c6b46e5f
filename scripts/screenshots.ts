/**
 * Pictures of every page, dark and light, 1440 and 390 wide, English and Japanese, to be looked at; of walls at three sizes.
 * node --import tsx scripts/screenshots.ts [--url http://127.0.0.1:3000] [--out .cache/screenshots] [--only statements] [--theme dark] [--width 390] [--lang ja]
 * Signs in with YAGURA_ADMIN_EMAIL and YAGURA_ADMIN_PASSWORD.
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright';
import { openBrowser } from '../e2e/open-browser';
import { findPages, type PageAddress } from '../e2e/pages';
import { signIn } from '../e2e/sign-in';
import { takeWalls } from './wall-pictures';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    out: { type: 'string', default: '.cache/screenshots' },
    only: { type: 'string' },
    theme: { type: 'string' },
    width: { type: 'string' },
    lang: { type: 'string' },
    /** The whole page, not the first screen of it. */
    full: { type: 'boolean', default: false },
  },
});

const themes = ['dark', 'light'] as const;
const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const languages = ['en', 'ja'] as const;

/** Waits until first loads are over: skeletons gone, fonts there, nothing moving. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page
    .waitForFunction(() => document.querySelector('[data-skeleton]') === null, null, {
      timeout: 15_000,
    })
    .catch(() => console.warn(`  still loading: ${page.url()}`));
  await page.waitForLoadState('networkidle', { timeout: 4_000 }).catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
}

async function shoot(context: BrowserContext, name: string, path: string, file: string) {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(new URL(path, values.url).href);
  await settle(page);
  await page.screenshot({ path: file, fullPage: values.full });
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) complaints.push(`scrolls sideways by ${wide} px`);
  for (const complaint of complaints) console.warn(`  ${name}: ${complaint.slice(0, 300)}`);
  await page.close();
}

async function run(browser: Browser) {
  await mkdir(values.out, { recursive: true });
  if (!values.width && (!values.only || 'wall'.startsWith(values.only)))
    await takeWalls(browser, values);
  if (values.only === 'wall') return;
  for (const theme of themes.filter((each) => !values.theme || each === values.theme))
    for (const language of languages.filter((each) => !values.lang || each === values.lang))
      for (const size of sizes.filter(
        (each) => !values.width || String(each.width) === values.width,
      )) {
        const context = await browser.newContext({
          viewport: size,
          colorScheme: theme,
          locale: language === 'ja' ? 'ja-JP' : 'en-GB',
          deviceScaleFactor: size.width < 500 ? 2 : 1,
          reducedMotion: 'reduce',
        });
        const take = async ({ name, path }: PageAddress) => {
          if (values.only && !name.includes(values.only)) return;
          const file = `${values.out}/${name}-${theme}-${size.width}-${language}.png`;
          await shoot(context, name, path, file).catch((error) =>
            console.warn(`  ${name}: ${error instanceof Error ? error.message : error}`),
          );
          console.log(file);
        };
        await take({ name: 'sign-in', path: '/sign-in' });
        await signIn(context, values.url);
        for (const page of await findPages(context.request, values.url)) await take(page);
        await context.close();
      }
}

const browser = await openBrowser();
try {
  await run(browser);
} finally {
  await browser.close();
}
