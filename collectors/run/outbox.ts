/** What was read and is not stored yet: a bounded ring in memory, sent in order, replayed after the store was away. */

/** One unit of work for the store. */
export type Parcel<T> = { instanceId: number; bytes: number; content: T };

export type Outbox<T> = {
  push(parcel: Parcel<T>): void;
  /** Readings of an instance lost since the last call. */
  takeLost(instanceId: number): number;
  readonly waiting: { parcels: number; bytes: number };
  /** True while the store does not take anything. */
  readonly blocked: boolean;
  /** Sends what is left, at most this long. */
  close(withinMs: number): Promise<void>;
};

export type OutboxOptions<T> = {
  limitBytes: number;
  /** Sends parcels in order, as one or in several steps; throws when none of the rest went out. @returns how many are done */
  send(parcels: readonly Parcel<T>[]): Promise<number>;
  /** The store is away, as opposed to: the store refuses this parcel. */
  isOutage(error: unknown): boolean;
  onError(error: unknown, dropped: Parcel<T> | null): void;
  random?: () => number;
};

const batchSize = 256;
const attemptsPerParcel = 3;

export function createOutbox<T>(options: OutboxOptions<T>): Outbox<T> {
  let ring: Parcel<T>[] = [];
  let bytes = 0;
  let blocked = false;
  let closing = false;
  let sending = false;
  let underWay: readonly Parcel<T>[] = [];
  /** Pushed out of the ring while under way: lost only if they do not arrive. */
  let inDoubt: Parcel<T>[] = [];
  const lost = new Map<number, number>();
  let wake: () => void = () => undefined;
  let idle: (() => void)[] = [];

  const drop = (parcel: Parcel<T>) => {
    lost.set(parcel.instanceId, (lost.get(parcel.instanceId) ?? 0) + 1);
  };
  const taken = (count: number) => {
    for (const parcel of ring.slice(0, count)) bytes -= parcel.bytes;
    ring = ring.slice(count);
  };
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    sending = true;
    let failures = 0;
    let refusals = 0;
    while (ring.length > 0) {
      // A parcel that was refused goes alone, so that it cannot take others with it.
      const batch = ring.slice(0, refusals > 0 ? 1 : batchSize);
      const first = batch[0];
      underWay = batch;
      try {
        const done = await options.send(batch);
        taken(Math.max(0, done - inDoubt.length));
        for (const parcel of inDoubt) if (batch.indexOf(parcel) >= done) drop(parcel);
        inDoubt = [];
        underWay = [];
        failures = 0;
        refusals = 0;
        blocked = false;
      } catch (error) {
        for (const parcel of inDoubt) drop(parcel);
        inDoubt = [];
        underWay = [];
        failures++;
        if (options.isOutage(error)) {
          blocked = true;
          options.onError(error, null);
        } else if (++refusals >= attemptsPerParcel && first !== undefined) {
          // The ring may have been trimmed at its head meanwhile.
          if (ring[0] === first) taken(1);
          drop(first);
          refusals = 0;
          options.onError(error, first);
        }
        if (closing && blocked) break;
        await sleep(
          Math.min(5_000, 250 * 2 ** Math.min(failures, 5)) *
            (0.5 + (options.random ?? Math.random)() / 2),
        );
      }
    }
    sending = false;
    for (const resolve of idle) resolve();
    idle = [];
  };

  return {
    push(parcel) {
      ring.push(parcel);
      bytes += parcel.bytes;
      while (bytes > options.limitBytes && ring.length > 1) {
        const oldest = ring[0];
        if (oldest === undefined) break;
        taken(1);
        if (underWay.includes(oldest)) inDoubt.push(oldest);
        else drop(oldest);
      }
      if (!sending && !closing) void run();
    },
    takeLost(instanceId) {
      const count = lost.get(instanceId) ?? 0;
      lost.delete(instanceId);
      return count;
    },
    get waiting() {
      return { parcels: ring.length, bytes };
    },
    get blocked() {
      return blocked;
    },
    async close(withinMs) {
      closing = true;
      wake();
      if (!sending) return;
      await Promise.race([
        new Promise<void>((resolve) => {
          idle.push(resolve);
        }),
        new Promise<void>((resolve) => {
          setTimeout(resolve, withinMs).unref();
        }),
      ]);
    },
  };
}
