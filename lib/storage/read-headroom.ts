import type { Pool } from 'pg';
import type { HeadroomBody, InstanceBody } from '@/lib/contract';
import { headroomOf, type ResourceId } from '@/lib/headroom/headroom';
import { definitionEngine } from '@/lib/metric/engine-source';
import { readInstances } from './read-instances';
import { readSeries } from './read-series';
import { combined, machinesOf } from './read-verdict';

export const headroomWindowMs = 60 * 60_000;

type Source = { id: ResourceId; metric: string; column: string };
export const headroomSources = {
  postgres: { id: 'connections', metric: 'postgres.connection-use', column: 'used_ratio' },
  mysql: { id: 'connections', metric: 'mysql.connections', column: 'used_ratio' },
  cpu: { id: 'cpu', metric: 'host.cpu', column: 'busy_ratio' },
  disk: { id: 'disk_busy', metric: 'host.disks', column: 'busy_ratio' },
} as const satisfies Record<string, Source>;

/**
 * What of a cluster gives out first when load grows, from what is stored of the last hour.
 * @returns null when there is no such cluster
 */
export async function readHeadroom(
  db: Pool,
  clusterId: number,
  now: number,
): Promise<HeadroomBody | null> {
  const instances = await readInstances(db, { clusterId });
  if (instances.length === 0) return null;
  const of = (engine: string) => instances.filter((one) => definitionEngine(one.engine) === engine);
  const machines = machinesOf(instances);
  const { postgres, mysql, cpu, disk } = headroomSources;
  const uses = await Promise.all([
    readUse(db, postgres, of('postgres'), now),
    readUse(db, mysql, of('mysql'), now),
    readUse(db, cpu, machines, now),
    readUse(db, disk, machines, now),
  ]);
  return {
    ...{ at: now, assumption: 'proportional', window_ms: headroomWindowMs },
    resources: headroomOf(uses.flat()).map(({ atLeast, ...one }) => ({
      ...one,
      at_least: atLeast,
    })),
  };
}

/** One for each instance, with or without values: what is not measured is said. */
async function readUse(
  db: Pool,
  { id, metric, column }: Source,
  instances: readonly InstanceBody[],
  now: number,
) {
  if (instances.length === 0) return [];
  const { series } = await readSeries(db, {
    ...{ instanceIds: instances.map((one) => Number(one.id)), metric, column },
    ...{ from: now - headroomWindowMs, to: now, points: headroomWindowMs / 60_000 },
  });
  return instances.map((one) => ({
    ...{ id, of: one.name },
    points: combined(
      series.filter(({ instanceId }) => instanceId === Number(one.id)),
      'max',
    ),
  }));
}
