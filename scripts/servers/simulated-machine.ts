/** A machine told of in node_exporter's words whose processor and disk do as they are told. For tests. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SimulatedMachine = {
  url: string;
  /** How much of its four cores is busy, and how long a read or write takes. */
  set(state: { busy: number; diskMs: number }): void;
  stop(): Promise<void>;
};

const cores = 4;
const operationsPerSecond = 50;

/** Calm until told otherwise: a fifth busy, a millisecond per read or write. Counters grow by the real clock. */
export async function startSimulatedMachine(): Promise<SimulatedMachine> {
  const booted = Date.now() / 1000 - 86_400;
  const counted = {
    busy: 10_000,
    idle: 300_000,
    operations: 1_000_000,
    waited: 2_000,
    at: Date.now(),
  };
  let state = { busy: 0.2, diskMs: 1 };
  const grow = () => {
    const seconds = (Date.now() - counted.at) / 1000;
    counted.at = Date.now();
    counted.busy += seconds * state.busy;
    counted.idle += seconds * (1 - state.busy);
    counted.operations += seconds * operationsPerSecond;
    counted.waited += (seconds * operationsPerSecond * state.diskMs) / 1000;
  };
  const exposition = () => {
    grow();
    const cpu = Array.from({ length: cores }, (_, core) => [
      `node_cpu_seconds_total{cpu="${core}",mode="user"} ${counted.busy * 0.7}`,
      `node_cpu_seconds_total{cpu="${core}",mode="system"} ${counted.busy * 0.3}`,
      `node_cpu_seconds_total{cpu="${core}",mode="idle"} ${counted.idle}`,
    ]).flat();
    const disk = (name: string, value: number) => `node_disk_${name}_total{device="sda"} ${value}`;
    return `${[
      `node_boot_time_seconds ${booted}`,
      ...cpu,
      disk('reads_completed', counted.operations),
      disk('writes_completed', counted.operations),
      disk('read_time_seconds', counted.waited),
      disk('write_time_seconds', counted.waited),
      disk('io_time_seconds', counted.waited / 2),
    ].join('\n')}\n`;
  };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(exposition());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    set(next) {
      grow();
      state = next;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
