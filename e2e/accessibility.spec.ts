/** Every page, dark and light, wide and narrow: axe finds no serious violation, nothing throws, nothing is wider than the screen. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { findPages } from './pages';
import { signIn } from './sign-in';

const LOOKS = [
  { theme: 'dark', width: 1440, height: 900, locale: 'en-GB' },
  { theme: 'light', width: 390, height: 844, locale: 'ja-JP' },
] as const;

for (const { theme, width, height, locale } of LOOKS)
  test(`no page has a serious accessibility fault (${theme}, ${width} px, ${locale})`, async ({
    browser,
    baseURL,
  }) => {
    test.setTimeout(300_000);
    const url = baseURL ?? 'http://127.0.0.1:3000';
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale,
      reducedMotion: 'reduce',
    });
    await signIn(context, url);
    const found: string[] = [];
    const pages = await findPages(context.request, url, 90_000);
    expect(pages.map(({ name }) => name)).toContain('plan');
    for (const { name, path } of pages) {
      const page = await context.newPage();
      page.on('pageerror', (error) => found.push(`${name}: ${error.message}`));
      // A word that is missing in a language is shown by its key, and said in the console alone.
      page.on('console', (said) => {
        if (said.type() === 'error' && /MESSAGE|react/i.test(said.text()))
          found.push(`${name}: ${said.text().slice(0, 200)}`);
      });
      await page.goto(new URL(path, url).href);
      await page
        .waitForFunction(() => document.querySelector('[data-skeleton]') === null, null, {
          timeout: 15_000,
        })
        .catch(() => found.push(`${name}: still loading after 15 s`));
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical')
          found.push(`${name}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overflow > 0) found.push(`${name}: ${overflow} px wider than the screen`);
      await page.close();
    }
    await context.close();
    expect(found).toEqual([]);
  });
