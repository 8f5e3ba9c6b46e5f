/** Visitors of the shop's web application, more at the day's peak and fewer in its night. */
import { setMaxListeners } from 'node:events';
import { rushAt, seededRandom, wait } from '../rhythm';
import { pick } from '../work';

/** At the peak, all kinds of visits together. */
const peakPerSecond = 8;
/** Whoever finds that many waiting goes away: a shop that hangs is not asked ever more. */
const mostAtOnce = 40;
const patienceMs = 15_000;

type Visit = { share: number; method: 'GET' | 'POST'; path(random: () => number): string };
const visits: Visit[] = [
  { share: 55, method: 'GET', path: (random) => `/products/${pick(random, 4000)}` },
  { share: 10, method: 'GET', path: () => '/search' },
  { share: 12, method: 'GET', path: (random) => `/customers/${pick(random, 4000)}/orders` },
  { share: 5, method: 'GET', path: () => '/orders/recent' },
  { share: 17, method: 'POST', path: () => '/orders' },
  { share: 1, method: 'POST', path: () => '/customers' },
];
const whole = visits.reduce((sum, { share }) => sum + share, 0);

function anyOf(random: () => number): Visit {
  let left = random() * whole;
  for (const visit of visits) {
    left -= visit.share;
    if (left < 0) return visit;
  }
  return visits[0] as Visit;
}

/**
 * Visits until stopped.
 * @param rush share of the peak at a moment
 */
export async function sendVisitors(url: string, stop: AbortSignal, rush = rushAt): Promise<void> {
  setMaxListeners(0, stop);
  const random = seededRandom(4711);
  let under = 0;
  // Exponential pauses: visitors do not know of each other.
  while (
    !(await wait((-Math.log(1 - random()) * 1000) / (peakPerSecond * rush(Date.now())), stop))
  ) {
    if (under >= mostAtOnce) continue;
    const { method, path } = anyOf(random);
    under += 1;
    // An error answer is part of the picture; so is an application that is being restarted.
    fetch(`${url}${path(random)}`, {
      method,
      signal: AbortSignal.any([stop, AbortSignal.timeout(patienceMs)]),
    })
      .then((answer) => answer.arrayBuffer())
      .catch(() => {})
      .finally(() => {
        under -= 1;
      });
  }
}
