import type { InstanceBody } from '@/lib/contract';

/** The machine that an instance runs on, by what tells of it: instances of the same one share its readings. */
export const machineOf = ({
  host,
  node_exporter_url: exporter,
  cloudwatch,
}: Pick<InstanceBody, 'host' | 'node_exporter_url' | 'cloudwatch'>): string =>
  exporter === null ? (cloudwatch ?? host) : new URL(exporter).hostname;
