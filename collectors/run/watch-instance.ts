/** One loop per instance: on the grid, with its own offset, never over itself, patient with what is down. */
import { createHash } from 'node:crypto';
import type { Poll, PollContext, Poller } from './poll';

export type Clock = { now(): number; random(): number };
export const systemClock: Clock = { now: () => Date.now(), random: () => Math.random() };

/**
 * When an instance is polled after each grid time. Members of one cluster are polled together, so that both sides of a
 * replication are of one moment; clusters are spread over the interval.
 */
export function phaseMs(clusterId: number, instanceId: number, tickMs: number): number {
  const spread = (text: string, over: number) =>
    createHash('sha256').update(text).digest().readUInt32BE(0) % over;
  return (
    spread(`cluster ${clusterId}`, Math.max(1, Math.floor(tickMs * 0.9))) +
    spread(`instance ${instanceId}`, Math.max(1, Math.floor(tickMs * 0.05)))
  );
}

/** Milliseconds before attempt `failures` + 1: between 1 s and min(60 s, 2^failures s), drawn evenly. */
export function backoffMs(failures: number, random: number): number {
  const most = Math.min(60_000, 1000 * 2 ** Math.min(failures, 6));
  return 1000 + random * (most - 1000);
}

/** A sample so shortly before a poll would make that late; each second time the sessions are read too, while somebody looks. */
const spareMs = 200;

export type WatchedLoop = { stop(): Promise<void> };

export function watchInstance(options: {
  poller: Poller;
  tickMs: number;
  phaseMs: number;
  clock?: Clock;
  /** Readings lost since it was last asked. */
  lostReadings(): number;
  deliver(poll: Poll): void;
  /** Whether somebody looks at the sessions of this instance now: they are read between the polls too. */
  watchedLive(): boolean;
  deliverSessions(sessions: NonNullable<Poll['sessions']>): void;
  /** A bug, not a failure of the server: the loop goes on. */
  onError(error: unknown): void;
}): WatchedLoop {
  const { poller, tickMs, phaseMs: phase } = options;
  const clock = options.clock ?? systemClock;
  let stopped = false;
  let wake: () => void = () => undefined;
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    let lastAt = Number.NEGATIVE_INFINITY;
    let failures = 0;
    let connectAfter = 0;
    // The first poll does not wait for the grid: a new instance shows itself at once.
    let at = Math.floor(clock.now() / tickMs) * tickMs;
    let due = clock.now();
    while (!stopped) {
      for (let tick = 1; !stopped; tick++) {
        const next = poller.nextSample(clock.now());
        if (next > due - spareMs) break;
        await sleep(next - clock.now() + 2); // Timers may be a little early.
        if (stopped) break;
        await poller.sample();
        if (tick % 2 === 1 || !options.watchedLive()) continue;
        const sessions = await poller.look().catch(options.onError);
        if (sessions) options.deliverSessions(sessions);
      }
      if (!stopped) await sleep(due - clock.now());
      if (stopped) return;
      const now = clock.now();
      const context: PollContext = {
        at,
        startDelayMs: Math.max(0, now - due),
        skipped:
          lastAt === Number.NEGATIVE_INFINITY
            ? 0
            : Math.max(0, Math.round((at - lastAt) / tickMs) - 1),
        lostReadings: options.lostReadings(),
        mayConnect: now >= connectAfter,
      };
      try {
        const poll = await poller.poll(context);
        if (stopped) return;
        options.deliver(poll);
        if (poll.state === 'up') failures = 0;
        else if (context.mayConnect) {
          failures++;
          connectAfter =
            clock.now() +
            (poll.reason?.code === 'too_many_connections' ||
            poll.reason?.code === 'too_many_own_connections'
              ? 30_000
              : backoffMs(failures, clock.random()));
        }
      } catch (error) {
        options.onError(error);
      }
      lastAt = at;
      const after = clock.now();
      // A clock that was set back must not silence the loop until it has caught up.
      const next = Math.floor((after - phase) / tickMs) * tickMs + tickMs;
      at = next > lastAt || lastAt - next > 2 * tickMs ? next : lastAt + tickMs;
      due = at + phase;
      if (failures > 0 && connectAfter > after && connectAfter < due) {
        at = lastAt;
        due = connectAfter;
      }
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      wake();
      // A poll in flight is cut short by closing its connection.
      await poller.close();
      await running;
      await poller.close();
    },
  };
}
