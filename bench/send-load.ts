import { Agent, request } from 'node:http';

/**
 * Sends `perSecond` requests each second for `seconds`, at their times whether earlier ones were answered or not: a server
 * that falls behind shows it, which a client that waits for answers would hide. Latency counts from the planned time.
 */
export async function sendLoad(given: {
  urls: string[];
  headers: Record<string, string>;
  perSecond: number;
  seconds: number;
}): Promise<{ latencies: number[]; statuses: Record<string, number> }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const total = given.perSecond * given.seconds;
  const begin = performance.now();
  let sent = 0;
  const waiting: Promise<void>[] = [];
  const one = (url: string, planned: number) =>
    new Promise<void>((resolve) => {
      const done = (status: string) => {
        latencies.push(performance.now() - planned);
        statuses[status] = (statuses[status] ?? 0) + 1;
        resolve();
      };
      const call = request(url, { agent, headers: given.headers }, (answer) => {
        answer.resume();
        answer.on('end', () => done(String(answer.statusCode)));
      });
      call.on('error', () => done('failed'));
      call.end();
    });
  while (sent < total) {
    const due = Math.min(
      total,
      1 + Math.floor(((performance.now() - begin) * given.perSecond) / 1000),
    );
    for (; sent < due; sent++)
      waiting.push(
        one(given.urls[sent % given.urls.length] ?? '', begin + (sent * 1000) / given.perSecond),
      );
    // A timer of 1 ms sleeps for up to 5 here, and its lateness would be counted as the server's.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(waiting);
  agent.destroy();
  return { latencies, statuses };
}
