/** The machine as node_exporter tells of it. */
import { Failure } from '@/collectors/run/failure';
import { fetchText } from '@/collectors/run/fetch-text';
import {
  ExpositionError,
  type ExpositionSample,
  parseExposition,
} from '@/lib/metric/parse-exposition';
import { groupBy } from '@/lib/storage/group-by';
import { type CpuMode, cpuModes, type HostFacts, isDisk, isNetwork, isStorage } from './host-facts';

const wanted =
  /^node_(cpu_seconds_total|load(1|5|15)|boot_time_seconds|memory_\w+_bytes|vmstat_\w+|pressure_\w+|disk_\w+|filesystem_\w+|network_\w+|netstat_Tcp(Ext)?_\w+)$/;

/** @throws Failure when it does not answer, or answers something else */
export async function readNodeExporter(url: string): Promise<HostFacts> {
  const text = await fetchText(url, { timeoutMs: 3_000, maxBytes: 4 * 1024 * 1024 });
  const monotonicMs = performance.now();
  try {
    const facts = factsOf(
      parseExposition(text, { wanted: (name) => wanted.test(name) }),
      monotonicMs,
    );
    if (facts.cpu === null && facts.memory.total === null && facts.disks.length === 0)
      throw new ExpositionError('it has no node_* metrics of a machine');
    return facts;
  } catch (error) {
    if (error instanceof ExpositionError)
      throw new Failure('wrong_shape', `node_exporter_url is no node_exporter: ${error.message}`);
    throw error;
  }
}

/** Names are those of node_exporter 1.x on Linux; what it was told not to collect is unknown. */
export function factsOf(samples: readonly ExpositionSample[], monotonicMs: number): HostFacts {
  const byName = groupBy(samples, ({ name }) => name);
  const all = (name: string) => byName.get(`node_${name}`) ?? [];
  const known = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? value : null;
  const one = (name: string) => known(all(name)[0]?.value);
  const of = (name: string, label: string, value: string) =>
    known(all(name).find(({ labels }) => labels[label] === value)?.value);

  const cpu: Partial<Record<CpuMode, number>> = {};
  for (const { labels, value } of all('cpu_seconds_total'))
    for (const mode of cpuModes) if (labels.mode === mode) cpu[mode] = (cpu[mode] ?? 0) + value;
  const cores = new Set(all('cpu_seconds_total').map(({ labels }) => labels.cpu)).size;
  const devices = (name: string) => [
    ...new Set(all(name).flatMap(({ labels }) => (labels.device ? [labels.device] : []))),
  ];
  const sizes = all('filesystem_size_bytes').filter(
    ({ labels }, i, list) =>
      isStorage(labels.fstype ?? '') &&
      list.findIndex((other) => other.labels.device === labels.device) === i,
  );
  return {
    monotonicMs,
    bootedAt: one('boot_time_seconds'),
    cores: cores > 0 ? cores : null,
    cpu: cores > 0 ? cpu : null,
    load: { one: one('load1'), five: one('load5'), fifteen: one('load15') },
    memory: {
      total: one('memory_MemTotal_bytes'),
      available: one('memory_MemAvailable_bytes'),
      free: one('memory_MemFree_bytes'),
      cached: one('memory_Cached_bytes'),
      buffers: one('memory_Buffers_bytes'),
      dirty: one('memory_Dirty_bytes'),
      swapTotal: one('memory_SwapTotal_bytes'),
      swapFree: one('memory_SwapFree_bytes'),
      swappedIn: one('vmstat_pswpin'),
      majorFaults: one('vmstat_pgmajfault'),
      killed: one('vmstat_oom_kill'),
    },
    pressure: {
      cpuWaiting: one('pressure_cpu_waiting_seconds_total'),
      memoryWaiting: one('pressure_memory_waiting_seconds_total'),
      memoryStalled: one('pressure_memory_stalled_seconds_total'),
      ioWaiting: one('pressure_io_waiting_seconds_total'),
      ioStalled: one('pressure_io_stalled_seconds_total'),
    },
    tcp: {
      sent: one('netstat_Tcp_OutSegs'),
      retransmits: one('netstat_Tcp_RetransSegs'),
      listenOverflows: one('netstat_TcpExt_ListenOverflows'),
    },
    disks: devices('disk_reads_completed_total')
      .filter(isDisk)
      .map((device) => {
        const disk = (name: string) => of(`disk_${name}`, 'device', device);
        return {
          device,
          reads: disk('reads_completed_total'),
          writes: disk('writes_completed_total'),
          readBytes: disk('read_bytes_total'),
          writtenBytes: disk('written_bytes_total'),
          readSeconds: disk('read_time_seconds_total'),
          writeSeconds: disk('write_time_seconds_total'),
          busySeconds: disk('io_time_seconds_total'),
          queuedSeconds: disk('io_time_weighted_seconds_total'),
        };
      }),
    filesystems: sizes.map(({ labels: { mountpoint: mount = '', device = '', fstype = '' } }) => {
      const value = (name: string) => of(`filesystem_${name}`, 'mountpoint', mount);
      const inodes = value('files');
      return {
        ...{ mount, device, fstype, size: value('size_bytes') },
        ...{ free: value('free_bytes'), available: value('avail_bytes') },
        // Some have no fixed number of them and say 0.
        ...(inodes
          ? { inodes, inodesFree: value('files_free') }
          : { inodes: null, inodesFree: null }),
      };
    }),
    networks: devices('network_receive_bytes_total')
      .filter(isNetwork)
      .map((device) => {
        const net = (name: string) => of(`network_${name}_total`, 'device', device);
        return {
          ...{ device, receivedBytes: net('receive_bytes'), sentBytes: net('transmit_bytes') },
          ...{ receivedPackets: net('receive_packets'), sentPackets: net('transmit_packets') },
          ...{ receivedErrors: net('receive_errs'), sentErrors: net('transmit_errs') },
          ...{ receivedDrops: net('receive_drop'), sentDrops: net('transmit_drop') },
        };
      }),
  };
}
