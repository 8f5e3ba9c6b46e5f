/** One reading of a machine to the readings of its metrics, with what has to be remembered between two. */
import { toReading } from '@/collectors/run/make-reading';
import type { CounterReading, Identity } from '@/lib/metric/counters';
import { type Metric, storedColumns } from '@/lib/metric/define-metric';
import type { SeriesReading } from '@/lib/storage/append-readings';
import { hostCpu } from './cpu/cpu';
import { hostDisks } from './disks/disks';
import { hostFilesystems } from './filesystems/filesystems';
import { watchGrowth } from './growth';
import type { HostFacts } from './host-facts';
import {
  cpuRow,
  diskRows,
  filesystemRows,
  type HostRow,
  memoryRow,
  networkRows,
  pressureRow,
  tcpRow,
  typed,
} from './host-rows';
import { hostMemory } from './memory/memory';
import { hostNetwork } from './network/network';
import { hostPressure } from './pressure/pressure';
import { hostTcp } from './tcp/tcp';

/** The time of boot is worked out from a clock that is set now and then. */
const sameBootS = 60;

export function createHostReader() {
  const growth = watchGrowth();
  const states = new Map<string, { lastAt: number; previous: CounterReading | null }>();
  let before: HostFacts | null = null;
  let bootedAt: number | null = null;
  const metrics: [Metric, (now: HostFacts, old: HostFacts | null, at: number) => HostRow[]][] = [
    [hostCpu, (now, old) => (now.cpu === null && now.load.one === null ? [] : [cpuRow(now, old)])],
    [hostMemory, (now) => (now.memory.total === null ? [] : [memoryRow(now)])],
    [
      hostPressure,
      (now, old) =>
        Object.values(now.pressure).every((one) => one === null) ? [] : [pressureRow(now, old)],
    ],
    [hostDisks, diskRows],
    [
      hostFilesystems,
      (now, _, at) =>
        filesystemRows(now, (mount, used, available) => growth.add(mount, at, used, available)),
    ],
    [hostNetwork, networkRows],
    [hostTcp, (now) => (Object.values(now.tcp).every((one) => one === null) ? [] : [tcpRow(now)])],
  ];

  return {
    /** @param at grid time, epoch ms */
    read(at: number, now: HostFacts): SeriesReading[] {
      const rebooted =
        bootedAt !== null && now.bootedAt !== null && Math.abs(now.bootedAt - bootedAt) > sameBootS;
      if (rebooted || bootedAt === null) bootedAt = now.bootedAt;
      const elapsedMs = before === null ? 0 : now.monotonicMs - before.monotonicMs;
      const old = rebooted || elapsedMs <= 0 || elapsedMs > 3 * hostCpu.everyMs ? null : before;
      before = now;
      const identity: Identity = {
        ...{ systemIdentifier: null, timeline: null, role: 'host' },
        startedAt: bootedAt === null ? null : String(bootedAt),
      };
      return metrics.flatMap(([metric, rowsOf]) => {
        const state = states.get(metric.id) ?? { lastAt: -1, previous: null };
        states.set(metric.id, state);
        const due = Math.floor(at / metric.everyMs) * metric.everyMs;
        if (due <= state.lastAt) return [];
        state.lastAt = due;
        const columns = storedColumns(metric);
        const rows = rowsOf(now, old, due).slice(0, metric.maxRows);
        if (rows.length === 0) return [];
        return [
          toReading(
            metric,
            due,
            rows.map((row) => typed(columns, row)),
            state,
            identity,
          ),
        ];
      });
    },
  };
}

export const hostMetrics: readonly Metric[] = [
  ...[hostCpu, hostMemory, hostPressure, hostDisks, hostFilesystems, hostNetwork, hostTcp],
];
