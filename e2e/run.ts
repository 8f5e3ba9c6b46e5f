/**
 * The browser tests: starts the product as a newcomer does, in a folder of its own, runs Playwright against it and stops it.
 * node --import tsx e2e/run.ts [report.json]; YAGURA_E2E_URL names a running one instead.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../scripts/servers/embedded';
import { browserPath } from './open-browser';
import { administrator } from './sign-in';

type Counts = { passed: number; failed: number; skipped: number; notes: string[] };

const report = process.argv[2] ?? null;
const folder = await mkdtemp(path.join(tmpdir(), 'yagura-e2e-'));

/** Resolves when the product answers and its demo fleet is being read. */
async function ready(url: string, product: ChildProcess | null): Promise<void> {
  const until = Date.now() + 300_000;
  while (Date.now() < until) {
    if (product && product.exitCode !== null)
      throw new Error(`the product ended with ${product.exitCode} before it was ready`);
    const health = await fetch(new URL('/api/health', url)).catch(() => null);
    if (health?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the product was not ready within 5 minutes');
}

async function start(): Promise<{ url: string; product: ChildProcess | null }> {
  const running = process.env.YAGURA_E2E_URL;
  if (running) return { url: running, product: null };
  const port = await freePort();
  const { email, password } = administrator();
  const product = spawn(
    process.execPath,
    ['scripts/start.mjs', '--port', String(port), '--data-dir', path.join(folder, 'data')],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, YAGURA_ADMIN_EMAIL: email, YAGURA_ADMIN_PASSWORD: password },
    },
  );
  return { url: `http://127.0.0.1:${port}`, product };
}

async function stop(product: ChildProcess | null): Promise<void> {
  if (!product || product.exitCode !== null) return;
  const ended = new Promise((resolve) => product.once('exit', resolve));
  product.kill('SIGTERM');
  await ended;
}

function playwright(url: string, browser: { executablePath: string; args: string[] }) {
  const results = path.join(folder, 'results.json');
  const child = spawn(process.execPath, ['node_modules/@playwright/test/cli.js', 'test'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      YAGURA_E2E_URL: url,
      YAGURA_E2E_BROWSER: JSON.stringify(browser),
      PLAYWRIGHT_JSON_OUTPUT_NAME: results,
    },
  });
  return new Promise<Counts>((resolve) => {
    child.once('exit', () => {
      try {
        const { stats } = JSON.parse(readFileSync(results, 'utf8')) as {
          stats: { expected: number; unexpected: number; skipped: number; flaky: number };
        };
        resolve({
          passed: stats.expected + stats.flaky,
          failed: stats.unexpected,
          skipped: stats.skipped,
          notes: stats.flaky > 0 ? [`${stats.flaky} browser tests passed only when repeated`] : [],
        });
      } catch {
        resolve({ passed: 0, failed: 1, skipped: 0, notes: ['the browser tests gave no report'] });
      }
    });
  });
}

let counts: Counts;
let product: ChildProcess | null = null;
try {
  const browser = await browserPath();
  const started = await start();
  product = started.product;
  await ready(started.url, product);
  counts = await playwright(started.url, browser);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(reason);
  counts = { passed: 0, failed: 1, skipped: 0, notes: [`browser tests: ${reason}`] };
} finally {
  await stop(product);
  await rm(folder, { recursive: true, force: true });
}
if (report) writeFileSync(report, JSON.stringify(counts));
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);
