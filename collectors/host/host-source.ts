/** Where the facts about the machine of an instance come from. */
import { networkInterfaces } from 'node:os';
import { addressesOf } from '@/collectors/run/address';
import { Failure } from '@/collectors/run/failure';
import type { HostFacts } from './host-facts';
import { readLocalHost } from './read-local-host';
import { readNodeExporter } from './read-node-exporter';

const advice =
  'Start node_exporter there and give its address (http://…:9100/metrics) in the settings of this instance.';

/**
 * The exporter a person named, else this machine when the instance's address is its own.
 * A tunnel to another machine ends at a loopback address too: only a person can know that, and name the exporter.
 * @throws Failure `no_host_source` when nothing tells of the machine
 */
export async function readHost(instance: {
  host: string;
  nodeExporterUrl: string | null;
}): Promise<HostFacts> {
  const { host, nodeExporterUrl } = instance;
  if (nodeExporterUrl !== null)
    return shared(nodeExporterUrl, () => readNodeExporter(nodeExporterUrl));
  const addresses = await addressesOf(host).catch((error: Error) => {
    if (error instanceof Failure) throw error;
    throw new Failure('unknown_host', `${host} is not known`);
  });
  if (!isThisMachine(addresses))
    throw new Failure('no_host_source', `Nothing tells of the machine of ${host}. ${advice}`);
  const facts = await shared('', readLocalHost);
  if (facts === null)
    throw new Failure('no_host_source', `This machine has no /proc to read. ${advice}`);
  return facts;
}

/** Every address the name has is a loopback or one of our own interfaces. */
export function isThisMachine(addresses: readonly string[]): boolean {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
  );
  return (
    addresses.length > 0 &&
    addresses.every((one) => /^127\.|^::1$|^::ffff:127\./.test(one) || own.has(one))
  );
}

const readings = new Map<string, { atMs: number; facts: Promise<unknown> }>();

/** Instances on one machine share a reading of a second: it is asked once for all of them. */
function shared<T>(source: string, read: () => Promise<T>): Promise<T> {
  const now = performance.now();
  for (const [key, { atMs }] of readings) if (now - atMs > 60_000) readings.delete(key);
  const found = readings.get(source);
  if (found && now - found.atMs < 1_000) return found.facts as Promise<T>;
  const facts = read();
  readings.set(source, { atMs: now, facts });
  return facts;
}
