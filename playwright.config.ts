import { defineConfig } from '@playwright/test';

const browser = JSON.parse(process.env.YAGURA_E2E_BROWSER ?? '{}') as {
  executablePath?: string;
  args?: string[];
};

/** Started by e2e/run.ts, which brings the product and the browser. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: '.cache/e2e',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  reporter: [['list'], ['json']],
  use: {
    baseURL: process.env.YAGURA_E2E_URL ?? 'http://127.0.0.1:3000',
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    launchOptions: browser,
  },
});
