/** From what is known of a machine to rows of its metrics. Pure. */
import type { TypedRow } from '@/lib/metric/row';
import type { Growth } from './growth';
import { cpuModes, type DiskFacts, type HostFacts } from './host-facts';

type Values = Record<string, number | null>;
export type HostRow = { labels: Record<string, string>; values: Values };

const minus = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a == null || b == null ? null : a - b;
const over = (a: number | null, b: number | null): number | null =>
  a === null || b === null || b <= 0 ? null : a / b;
/** A counter that fell was begun anew: nobody knows how much it grew. */
const grown = (now: number | null | undefined, before: number | null | undefined) => {
  const by = minus(now, before);
  return by === null || by < 0 ? null : by;
};
const share = (value: number | null) => (value === null ? null : Math.min(1, Math.max(0, value)));

/** @param before the reading before of the same life of the machine; null makes all that needs two readings unknown */
export function cpuRow(now: HostFacts, before: HostFacts | null): HostRow {
  const spent = new Map(
    cpuModes.map((mode) => {
      const by = minus(now.cpu?.[mode], before?.cpu?.[mode]);
      // The kernel says itself that these two may fall a little (proc_stat(5)).
      const mayFall = mode === 'idle' || mode === 'iowait';
      return [mode, by !== null && by < 0 ? (mayFall ? 0 : null) : by];
    }),
  );
  const needed = (['user', 'system', 'idle'] as const).every((mode) => spent.get(mode) != null);
  const total = needed ? [...spent.values()].reduce<number>((sum, by) => sum + (by ?? 0), 0) : null;
  const of = (...modes: typeof cpuModes) => {
    const known = modes.map((mode) => spent.get(mode) ?? null).filter((by) => by !== null);
    return known.length === 0
      ? null
      : over(
          known.reduce((sum, by) => sum + by, 0),
          total,
        );
  };
  const idle = of('idle', 'iowait');
  return {
    labels: {},
    values: {
      busy_ratio: idle === null ? null : share(1 - idle),
      user_ratio: of('user'),
      nice_ratio: of('nice'),
      system_ratio: of('system'),
      interrupt_ratio: of('irq', 'softirq'),
      iowait_ratio: of('iowait'),
      steal_ratio: of('steal'),
      cores: now.cores,
      load1: now.load.one,
      load5: now.load.five,
      load15: now.load.fifteen,
    },
  };
}

export function memoryRow({ memory }: HostFacts): HostRow {
  return {
    labels: {},
    values: {
      total_bytes: memory.total,
      used_bytes: minus(memory.total, memory.available),
      available_bytes: memory.available,
      available_ratio: over(memory.available, memory.total),
      free_bytes: memory.free,
      cached_bytes: memory.cached,
      buffers_bytes: memory.buffers,
      dirty_bytes: memory.dirty,
      swap_total_bytes: memory.swapTotal,
      swap_used_bytes: minus(memory.swapTotal, memory.swapFree),
      swapped_in: memory.swappedIn,
      major_faults: memory.majorFaults,
      killed: memory.killed,
    },
  };
}

export function pressureRow(now: HostFacts, before: HostFacts | null): HostRow {
  const seconds = before === null ? null : (now.monotonicMs - before.monotonicMs) / 1000;
  const of = (name: keyof HostFacts['pressure']) =>
    share(over(grown(now.pressure[name], before?.pressure[name]), seconds));
  return {
    labels: {},
    values: {
      cpu_waiting_ratio: of('cpuWaiting'),
      memory_waiting_ratio: of('memoryWaiting'),
      memory_stalled_ratio: of('memoryStalled'),
      io_waiting_ratio: of('ioWaiting'),
      io_stalled_ratio: of('ioStalled'),
    },
  };
}

export function tcpRow({ tcp }: HostFacts): HostRow {
  const { sent, retransmits, listenOverflows } = tcp;
  return { labels: {}, values: { sent, retransmits, listen_overflows: listenOverflows } };
}

export function diskRows(now: HostFacts, before: HostFacts | null): HostRow[] {
  const seconds = before === null ? null : (now.monotonicMs - before.monotonicMs) / 1000;
  return now.disks.map((disk) => {
    const old = before?.disks.find(({ device }) => device === disk.device);
    const by = (name: Exclude<keyof DiskFacts, 'device'>) => grown(disk[name], old?.[name]);
    const inMs = (time: number | null, requests: number | null) => {
      const mean = over(time, requests);
      return mean === null ? null : mean * 1000;
    };
    return {
      labels: { device: disk.device },
      values: {
        reads: disk.reads,
        writes: disk.writes,
        read_bytes: disk.readBytes,
        written_bytes: disk.writtenBytes,
        read_ms: inMs(by('readSeconds'), by('reads')),
        write_ms: inMs(by('writeSeconds'), by('writes')),
        queue: over(by('queuedSeconds'), seconds),
        busy_ratio: share(over(by('busySeconds'), seconds)),
      },
    };
  });
}

/** Used as `df` says it: of what others than root may use. */
export function filesystemRows(
  now: HostFacts,
  grow: (mount: string, used: number, available: number) => Growth,
): HostRow[] {
  return now.filesystems.map(({ mount, device, size, free, available, inodes, inodesFree }) => {
    const used = minus(size, free);
    const growth: Growth =
      used === null || available === null
        ? { bytesPerDay: null, daysToFull: null }
        : grow(mount, used, available);
    return {
      labels: { mount, device },
      values: {
        size_bytes: size,
        used_bytes: used,
        available_bytes: available,
        used_ratio: used === null || available === null ? null : over(used, used + available),
        inodes_used_ratio: over(minus(inodes, inodesFree), inodes),
        growth_bytes_per_day: growth.bytesPerDay,
        days_to_full: growth.daysToFull,
      },
    };
  });
}

export function networkRows({ networks }: HostFacts): HostRow[] {
  return networks.map((net) => ({
    labels: { device: net.device },
    values: {
      received_bytes: net.receivedBytes,
      sent_bytes: net.sentBytes,
      received_packets: net.receivedPackets,
      sent_packets: net.sentPackets,
      received_errors: net.receivedErrors,
      sent_errors: net.sentErrors,
      received_drops: net.receivedDrops,
      sent_drops: net.sentDrops,
    },
  }));
}

/** In the order of the definition; what is not named is unknown. */
export const typed = (columns: readonly { name: string }[], row: HostRow): TypedRow => ({
  labels: row.labels,
  values: columns.map(({ name }) => row.values[name] ?? null),
  resetAt: null,
});
