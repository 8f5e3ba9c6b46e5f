/** What is known of a machine at one moment, from whichever source; counters as the kernel has them, since it booted. */

export type CpuMode = 'user' | 'nice' | 'system' | 'idle' | 'iowait' | 'irq' | 'softirq' | 'steal';
export const cpuModes: readonly CpuMode[] = [
  ...(['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const),
];

type Known = number | null;

export type DiskFacts = {
  device: string;
  reads: Known;
  writes: Known;
  readBytes: Known;
  writtenBytes: Known;
  /** Seconds that requests took, added up. */
  readSeconds: Known;
  writeSeconds: Known;
  /** Seconds with at least one request under way. */
  busySeconds: Known;
  /** The same weighted by how many were: its growth per second is the mean queue. */
  queuedSeconds: Known;
};

export type FilesystemFacts = {
  mount: string;
  device: string;
  fstype: string;
  size: Known;
  free: Known;
  /** To others than root: what a database can still use. */
  available: Known;
  inodes: Known;
  inodesFree: Known;
};

export type NetworkFacts = Record<
  `${'received' | 'sent'}${'Bytes' | 'Packets' | 'Errors' | 'Drops'}`,
  Known
> & { device: string };

export type HostFacts = {
  /** Monotonic clock of the collector when it was read. */
  monotonicMs: number;
  /** Epoch seconds; another one is another life of the kernel's counters. */
  bootedAt: Known;
  cores: Known;
  /** Seconds in each mode, all CPUs together; null when not read. */
  cpu: Partial<Record<CpuMode, number>> | null;
  load: { one: Known; five: Known; fifteen: Known };
  memory: {
    total: Known;
    available: Known;
    free: Known;
    cached: Known;
    buffers: Known;
    dirty: Known;
    swapTotal: Known;
    swapFree: Known;
    /** Pages read back from swap, faults that had to read a disk, processes killed for want of memory. */
    swappedIn: Known;
    majorFaults: Known;
    killed: Known;
  };
  /** Seconds in which some (`waiting`) or all (`stalled`) tasks stood still; null where the kernel has no PSI. */
  pressure: Record<
    'cpuWaiting' | 'memoryWaiting' | 'memoryStalled' | 'ioWaiting' | 'ioStalled',
    Known
  >;
  /** Segments, in this network namespace. */
  tcp: Record<'sent' | 'retransmits' | 'listenOverflows', Known>;
  disks: DiskFacts[];
  filesystems: FilesystemFacts[];
  networks: NetworkFacts[];
};

/** Whole disks and what is made of them (device mapper, RAID); no partitions, no loop and memory devices. As node_exporter does. */
export const isDisk = (device: string): boolean =>
  !/^(z?ram|loop|fd|sr|(h|s|v|xv)d[a-z]+)\d+$|^nvme\d+n\d+p\d+$|^mmcblk\d+(p|boot)\d+$/.test(
    device,
  );

/** On something that fills up and stays: not memory, not the kernel's own, not read-only images, not another machine's. */
export const isStorage = (fstype: string): boolean =>
  /^(ext[234]|xfs|btrfs|zfs|overlay|f2fs|jfs|reiserfs|bcachefs|ufs|vfat|fuseblk|virtiofs)$/.test(
    fstype,
  );

/** The machine's own ways out; not the loopback, nor one end of a pair into a container. */
export const isNetwork = (device: string): boolean =>
  !/^(lo|veth.*|docker\d+|br-.*|cali.*|cni\d+|flannel.*|tun\d+|virbr\d+.*|dummy\d+)$/.test(device);
