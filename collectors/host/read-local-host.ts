/**
 * The machine the collector runs on, from /proc and statfs: no agent, no program started, no right needed.
 * (The libraries for this start shell commands for part of it, too dear for every ten seconds.)
 */
import { readFile, statfs } from 'node:fs/promises';
import {
  type CpuMode,
  type DiskFacts,
  type FilesystemFacts,
  type HostFacts,
  isDisk,
  isNetwork,
  isStorage,
  type NetworkFacts,
} from './host-facts';

/** The kernel's interface counts in hundredths of a second on every architecture that runs Node. */
const tickHz = 100;
const sectorBytes = 512;

const textOf = (file: string) => readFile(file, 'utf8').catch(() => null);
const numberOf = (word: string | undefined): number | null =>
  word !== undefined && /^\d+(\.\d+)?$/.test(word) ? Number(word) : null;
const times = (value: number | null, factor: number) => (value === null ? null : value * factor);

/** Null when this machine has no /proc. What a file does not say is unknown. */
export async function readLocalHost(): Promise<HostFacts | null> {
  const [stat, load, memory, vm, disks, net, mounts, snmp, netstat, cpu, mem, io] =
    await Promise.all(
      [
        ...['stat', 'loadavg', 'meminfo', 'vmstat', 'diskstats', 'net/dev', 'self/mounts'],
        ...['net/snmp', 'net/netstat'],
        ...['pressure/cpu', 'pressure/memory', 'pressure/io'],
      ].map((name) => textOf(`/proc/${name}`)),
    );
  const monotonicMs = performance.now();
  if (!stat) return null;
  const [one, five, fifteen] = (load ?? '').split(' ');
  const info = keyed(memory ?? '', /^(\w+):\s+(\d+) kB/gm);
  const events = keyed(vm ?? '', /^(\w+) (\d+)$/gm);
  const bytes = (name: string) => times(info.get(name) ?? null, 1024);
  const event = (name: string) => events.get(name) ?? null;
  return {
    monotonicMs,
    bootedAt: numberOf(/^btime (\d+)$/m.exec(stat)?.[1]),
    cores: stat.match(/^cpu\d+ /gm)?.length ?? null,
    cpu: cpuOf(stat),
    load: { one: numberOf(one), five: numberOf(five), fifteen: numberOf(fifteen) },
    memory: {
      total: bytes('MemTotal'),
      available: bytes('MemAvailable'),
      free: bytes('MemFree'),
      cached: bytes('Cached'),
      buffers: bytes('Buffers'),
      dirty: bytes('Dirty'),
      swapTotal: bytes('SwapTotal'),
      swapFree: bytes('SwapFree'),
      swappedIn: event('pswpin'),
      majorFaults: event('pgmajfault'),
      killed: event('oom_kill'),
    },
    pressure: {
      cpuWaiting: stalled(cpu, 'some'),
      memoryWaiting: stalled(mem, 'some'),
      memoryStalled: stalled(mem, 'full'),
      ioWaiting: stalled(io, 'some'),
      ioStalled: stalled(io, 'full'),
    },
    tcp: {
      sent: paired(snmp, 'Tcp', 'OutSegs'),
      retransmits: paired(snmp, 'Tcp', 'RetransSegs'),
      listenOverflows: paired(netstat, 'TcpExt', 'ListenOverflows'),
    },
    disks: disksOf(disks ?? ''),
    filesystems: await filesystemsOf(mounts ?? ''),
    networks: networksOf(net ?? ''),
  };
}

const keyed = (text: string, shape: RegExp) =>
  new Map([...text.matchAll(shape)].map(([, name, value]) => [name ?? '', Number(value)]));

/** From a line of names and one of values below it, both after the protocol. */
function paired(text: string | null | undefined, protocol: string, name: string): number | null {
  const lines = (text ?? '').split('\n').filter((line) => line.startsWith(`${protocol}: `));
  const at = lines[0]?.split(' ').indexOf(name) ?? -1;
  return at < 1 ? null : numberOf(lines[1]?.split(' ')[at]);
}

function cpuOf(stat: string): HostFacts['cpu'] {
  const words = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ');
  if (!words) return null;
  const modes: CpuMode[] = [
    ...(['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const),
  ];
  return Object.fromEntries(
    modes.flatMap((mode, i) => {
      const ticks = numberOf(words[i]);
      return ticks === null ? [] : [[mode, ticks / tickHz]];
    }),
  );
}

/** Seconds, from `some avg10=0.00 … total=<microseconds>`. */
function stalled(text: string | null | undefined, kind: 'some' | 'full'): number | null {
  const found = new RegExp(`^${kind} .*total=(\\d+)`, 'm').exec(text ?? '')?.[1];
  return times(numberOf(found), 1e-6);
}

function disksOf(text: string): DiskFacts[] {
  return text.split('\n').flatMap((line) => {
    const [, , device, ...words] = line.trim().split(/\s+/);
    if (device === undefined || !isDisk(device) || words.length < 11) return [];
    const value = (i: number) => numberOf(words[i]);
    return [
      {
        device,
        reads: value(0),
        readBytes: times(value(2), sectorBytes),
        readSeconds: times(value(3), 1e-3),
        writes: value(4),
        writtenBytes: times(value(6), sectorBytes),
        writeSeconds: times(value(7), 1e-3),
        busySeconds: times(value(9), 1e-3),
        queuedSeconds: times(value(10), 1e-3),
      },
    ];
  });
}

function networksOf(text: string): NetworkFacts[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*([^\s:]+):\s*(.*)$/.exec(line);
    const device = found?.[1];
    if (device === undefined || !isNetwork(device)) return [];
    const value = (i: number) => numberOf(found?.[2]?.trim().split(/\s+/)[i]);
    return [
      {
        ...{ device, receivedBytes: value(0), receivedPackets: value(1) },
        ...{ receivedErrors: value(2), receivedDrops: value(3), sentBytes: value(8) },
        ...{ sentPackets: value(9), sentErrors: value(10), sentDrops: value(11) },
      },
    ];
  });
}

/** Network filesystems are not asked: one whose server is gone would hold the answer back for ever. */
async function filesystemsOf(text: string): Promise<FilesystemFacts[]> {
  const seen = new Set<string>();
  const found: FilesystemFacts[] = [];
  for (const line of text.split('\n')) {
    const [device = '', mount = '', fstype = ''] = line.split(' ').map(unescaped);
    // Mounted in several places it is the same space.
    if (!isStorage(fstype) || seen.has(device) || found.length >= 64) continue;
    seen.add(device);
    const stat = await statfs(mount).catch(() => null);
    if (stat === null || stat.blocks === 0) continue;
    found.push({
      ...{ mount, device, fstype },
      size: stat.blocks * stat.bsize,
      free: stat.bfree * stat.bsize,
      available: stat.bavail * stat.bsize,
      // Some have no fixed number of them and say 0.
      inodes: stat.files > 0 ? stat.files : null,
      inodesFree: stat.files > 0 ? stat.ffree : null,
    });
  }
  return found;
}

/** The kernel writes blanks and backslashes of a path in octal. */
const unescaped = (word: string) =>
  word.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
