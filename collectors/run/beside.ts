/** Slower work for an instance beside its polls, while its lease is held: it never delays them, nor harms them when it fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchedInstance } from '@/collectors/store/watched-instances';
import type { LeaseFence } from '@/lib/storage/append-readings';

export type Beside = { stop(): Promise<void> };
export type BeginBeside = (instance: WatchedInstance, lease: LeaseFence) => Beside;

/**
 * Repeats `work` until stopped; the first time after `firstMs`, then every `everyMs` from start to start.
 * @param onError a failure of ours: the loop goes on
 */
export function repeat(options: {
  firstMs: number;
  everyMs: number;
  work(signal: AbortSignal): Promise<void>;
  onError(error: unknown): void;
}): Beside {
  const ending = new AbortController();
  const { signal } = ending;
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
  const run = async () => {
    await wait(options.firstMs);
    while (!signal.aborted) {
      const started = performance.now();
      await options.work(signal).catch((error: unknown) => {
        if (!signal.aborted) options.onError(error);
      });
      await wait(Math.max(1_000, options.everyMs - (performance.now() - started)));
    }
  };
  const running = run();
  return {
    async stop() {
      ending.abort();
      await running;
    },
  };
}

/** Lets so many work at a time, the others wait for their turn in the order they came. */
export function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy--;
    }
  };
}

const lanes = new Map<number, ReturnType<typeof turns>>();

/** One connection at a time for all that is done beside the polls of an instance: a login may have three in all. */
export function inLane<T>(instanceId: number, work: () => Promise<T>): Promise<T> {
  const lane = lanes.get(instanceId) ?? turns(1);
  lanes.set(instanceId, lane);
  return lane(work);
}
