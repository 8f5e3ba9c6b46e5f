/** What was read and is not stored yet: a bounded ring in memory, and the spool when the store is away or slow. */
import type { Parcel, Spool } from './spool';

export type Outbox<T> = {
  push(parcel: Parcel<T>): void;
  /** Readings of an instance lost since the last call. */
  takeLost(instanceId: number): number;
  /** Counts a reading as lost. */
  lose(instanceId: number): void;
  readonly waiting: { parcels: number; bytes: number; spooledBytes: number };
  /** True while the store does not take anything. */
  readonly blocked: boolean;
  /** Sends what is left, at most this long; what remains is spooled for the next start. */
  close(withinMs: number): Promise<void>;
};

/** `later`: parcels that need one in the spool to arrive first. */
export type Sent<T> = { done: number; later: Parcel<T>[] };

export type OutboxOptions<T> = {
  /** Of the ring. */
  limitBytes: number;
  spool: Spool<T> | null;
  /**
   * Sends parcels in order, as one or in several steps; throws when none of the rest went out.
   * @param late from the spool: newer ones may have arrived before, and nothing comes before these
   */
  send(parcels: readonly Parcel<T>[], late: boolean): Promise<Sent<T>>;
  /** The store is away, as opposed to: the store refuses this parcel. */
  isOutage(error: unknown): boolean;
  onError(error: unknown, dropped: Parcel<T> | null): void;
  /** A parcel that should have waited in the spool could not. */
  onNeverLater(parcel: Parcel<T>): void;
  random?: () => number;
};

const batchSize = 256;
const attemptsPerParcel = 3;

/**
 * While the store is away everything goes to the spool. When it is back the newest goes out first, and the spool in
 * between, oldest first. Without a spool, or when its disk refuses, the ring drops its oldest and counts them.
 */
export function createOutbox<T>(options: OutboxOptions<T>): Outbox<T> {
  const { spool } = options;
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

  const lose = (instanceId: number) => {
    lost.set(instanceId, (lost.get(instanceId) ?? 0) + 1);
  };
  const taken = (count: number) => {
    for (const parcel of ring.slice(0, count)) bytes -= parcel.bytes;
    ring = ring.slice(count);
  };
  /** The ring goes to the spool, in order, as far as the disk takes it. */
  const spill = () => {
    let count = 0;
    while (spool && count < ring.length && spool.append(ring[count] as Parcel<T>)) count++;
    taken(count);
  };
  const enqueue = (parcel: Parcel<T>) => {
    if ((blocked || bytes + parcel.bytes > options.limitBytes) && spool?.append(parcel)) return;
    ring.push(parcel);
    bytes += parcel.bytes;
    while (bytes > options.limitBytes && ring.length > 1) {
      const oldest = ring[0] as Parcel<T>;
      taken(1);
      if (underWay.includes(oldest)) inDoubt.push(oldest);
      else lose(oldest.instanceId);
    }
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
    let late = true;
    while (true) {
      // Turn by turn, the newest first. A parcel that was refused goes alone, so that it cannot take others with it.
      if (refusals === 0) late = !late;
      const most = refusals > 0 ? 1 : batchSize;
      const fromSpool: boolean = !closing && (late || ring.length === 0);
      const spooled: readonly Parcel<T>[] = fromSpool ? (spool?.oldest(most) ?? []) : [];
      late = spooled.length > 0;
      const batch = late ? spooled : ring.slice(0, most);
      const first = batch[0];
      if (first === undefined) break;
      underWay = late ? [] : batch;
      const settle = (count: number) => {
        if (late) spool?.done(count);
        else taken(Math.max(0, count - inDoubt.length));
      };
      try {
        const { done, later } = await options.send(batch, late);
        for (const parcel of inDoubt) if (batch.indexOf(parcel) >= done) lose(parcel.instanceId);
        settle(done);
        for (const parcel of later)
          if (!spool?.append(parcel)) {
            lose(parcel.instanceId);
            options.onNeverLater(parcel);
          }
        inDoubt = [];
        underWay = [];
        failures = 0;
        refusals = 0;
        blocked = false;
      } catch (error) {
        for (const parcel of inDoubt) lose(parcel.instanceId);
        inDoubt = [];
        underWay = [];
        failures++;
        if (options.isOutage(error)) {
          blocked = true;
          spill();
          refusals = 0;
          options.onError(error, null);
        } else if (++refusals >= attemptsPerParcel) {
          // The ring may have been trimmed at its head meanwhile.
          if (late || ring[0] === first) settle(1);
          lose(first.instanceId);
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
  const start = () => {
    if (!sending && !closing) void run();
  };
  // What an earlier process left behind.
  if (spool && spool.bytes > 0) start();

  return {
    push(parcel) {
      enqueue(parcel);
      start();
    },
    takeLost(instanceId) {
      const count = lost.get(instanceId) ?? 0;
      lost.delete(instanceId);
      return count;
    },
    lose,
    get waiting() {
      return { parcels: ring.length, bytes, spooledBytes: spool?.bytes ?? 0 };
    },
    get blocked() {
      return blocked;
    },
    async close(withinMs) {
      closing = true;
      wake();
      if (sending)
        await Promise.race([
          new Promise<void>((resolve) => {
            idle.push(resolve);
          }),
          new Promise<void>((resolve) => {
            setTimeout(resolve, withinMs).unref();
          }),
        ]);
      spill();
      spool?.close();
    },
  };
}
