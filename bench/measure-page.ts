/** What a browser needs for a page, and for what a person does there. */
import type { BrowserContext, Page } from 'playwright';

export type Act = (page: Page) => Promise<void>;

type Seen = { paint: number; shift: number; tasks: number[]; answers: number[] };
declare global {
  interface Window {
    seen: Seen;
  }
}

/** Compressed script, largest paint, layout shift, the longest task, and the slowest answer to an act. */
export async function measurePage(context: BrowserContext, address: string, act?: Act) {
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
