import type { Pool } from 'pg';
import type { InstanceBody, VerdictBody } from '@/lib/contract';
import { definitionEngine } from '@/lib/metric/engine-source';
import type { Watched } from '@/lib/verdict/change-point';
import { type HeadlineSource, headlineSources, hostSources } from '@/lib/verdict/headline-sources';
import { type Headline, layerVerdict, lookedAtMs } from '@/lib/verdict/layer-verdict';
import { groupBy } from './group-by';
import { machineOf } from './machine-of';
import { readApplicationHeadlines } from './read-application-headlines';
import { readInstances } from './read-instances';
import { readSeries, type SeriesPoints } from './read-series';

/** The reference: three quarters of an hour before what is looked at. */
const windowMs = lookedAtMs + 45 * 60_000;

/**
 * Which layer of a cluster moved first, from what is stored of the last hour.
 * @returns null when there is no such cluster
 */
export async function readVerdict(
  db: Pool,
  clusterId: number,
  now: number,
): Promise<VerdictBody | null> {
  const instances = await readInstances(db, { clusterId });
  if (instances.length === 0) return null;
  const headlines = await headlinesOf(db, clusterId, instances, lastHour(now));
  const verdict = layerVerdict(headlines, now);
  const units = new Map(headlines.map((one) => [one.id, one]));
  return {
    at: now,
    ...verdict,
    moves: verdict.moves.map(({ layer, at, evidence }) => ({
      ...{ layer, at },
      evidence: evidence.map(({ id, of, at: since, before, after, endedAt }) => ({
        ...{ id, of: of ?? null, at: since, before, after, ended_at: endedAt },
        unit: units.get(id)?.unit ?? 'count',
        per_second: units.get(id)?.perSecond ?? false,
      })),
    })),
  };
}

/** The series of the hour before `now` that stand for the layers of a cluster. */
export async function readClusterHeadlines(
  db: Pool,
  clusterId: number,
  now: number,
): Promise<StoredHeadline[]> {
  return headlinesOf(db, clusterId, await readInstances(db, { clusterId }), lastHour(now));
}

/** Points of a series lie no nearer than instances are read. */
export type HeadlineWindow = { from: number; to: number; points: number };
const lastHour = (now: number): HeadlineWindow => ({
  ...{ from: now - windowMs, to: now, points: windowMs / 10_000 },
});

/** The series of a window that stand for the layers of a cluster. */
export async function headlinesOf(
  db: Pool,
  clusterId: number,
  instances: readonly InstanceBody[],
  window: HeadlineWindow,
): Promise<StoredHeadline[]> {
  return [
    ...(await readApplicationHeadlines(db, clusterId, window)),
    ...(await readHeadlines(db, instances, window)),
    ...(await readMachines(db, instances, window)),
  ];
}

export type StoredHeadline = Headline & Pick<HeadlineSource, 'unit' | 'perSecond'>;

/** One headline per instance and source that has values; the instance is named where a cluster has several. */
async function readHeadlines(
  db: Pool,
  instances: readonly InstanceBody[],
  window: HeadlineWindow,
): Promise<StoredHeadline[]> {
  const byEngine = groupBy(instances, ({ engine }) => definitionEngine(engine));
  const reads = [...byEngine].flatMap(([engine, own]) =>
    (headlineSources[engine] ?? []).map((source) => readSource(db, source, own, window)),
  );
  const found = (await Promise.all(reads)).flat();
  return instances.length > 1 ? found : found.map(({ of: _, ...one }) => one);
}

/** Instances that share a machine share its readings: one of them stands for all, under the machine's name. */
export function machinesOf(instances: readonly InstanceBody[]): InstanceBody[] {
  const machines = groupBy(instances, machineOf);
  return [...machines].flatMap(([machine, [one, ...others]]) =>
    one === undefined ? [] : [others.length === 0 ? one : { ...one, name: machine }],
  );
}

async function readMachines(
  db: Pool,
  instances: readonly InstanceBody[],
  window: HeadlineWindow,
): Promise<StoredHeadline[]> {
  const standing = machinesOf(instances);
  const found = (
    await Promise.all(hostSources.map((source) => readSource(db, source, standing, window)))
  ).flat();
  return instances.length > 1 ? found : found.map(({ of: _, ...one }) => one);
}

async function readSource(
  db: Pool,
  source: HeadlineSource,
  instances: readonly InstanceBody[],
  window: HeadlineWindow,
): Promise<StoredHeadline[]> {
  const { metric, columns, labels, of, ...headline } = source;
  const ids = instances.map(({ id }) => Number(id));
  const read = await Promise.all(
    columns.map((column) =>
      readSeries(db, {
        ...{ instanceIds: ids, metric, column, ...window },
        ...(labels ? { labels } : {}),
      }),
    ),
  );
  const stepMs = Math.max(...read.map((one) => one.stepMs));
  const lines = groupBy(
    read.flatMap(({ series }) => series),
    ({ instanceId }) => instanceId,
  );
  return instances.flatMap(({ id, name }): StoredHeadline[] => {
    const points = combined(lines.get(Number(id)) ?? [], of);
    return points.length === 0 ? [] : [{ ...headline, of: name, stepMs, points }];
  });
}

/** Lines of one instance as one: a step in which none of them is known is unknown. */
export function combined(lines: readonly SeriesPoints[], how: 'sum' | 'max'): Watched['points'] {
  const steps = new Map<number, number | null>();
  for (const { points } of lines)
    for (const [at, value] of points) {
      const known = steps.get(at) ?? null;
      if (value === null || known === null) steps.set(at, known ?? value);
      else steps.set(at, how === 'sum' ? known + value : Math.max(known, value));
    }
  return [...steps].toSorted(([a], [b]) => a - b);
}
