import type { Pool } from 'pg';
import { type HeadlinesCompareBody, headlineChanges } from '@/lib/contract';
import { compareWindows } from '@/lib/verdict/compare-windows';
import { layers } from '@/lib/verdict/layer-verdict';
import { type AskedWindows, readEventOf, windowsOf } from './asked-windows';
import { readInstances } from './read-instances';
import { headlinesOf } from './read-verdict';

/** Of each window at most so many: what is usual in a day needs no step of ten seconds. */
const points = 240;

/**
 * The series that stand for the layers of a cluster, in two windows.
 * @returns null when there is no such cluster
 * @throws 404 when `around` is no event of this cluster
 */
export async function compareHeadlines(
  db: Pool,
  clusterId: number,
  query: AskedWindows,
): Promise<HeadlinesCompareBody | null> {
  const instances = await readInstances(db, { clusterId });
  if (instances.length === 0) return null;
  const instanceIds = instances.map(({ id }) => Number(id));
  const event = await readEventOf(db, { ...query, instanceIds });
  const windows = windowsOf(query, event);
  const [was, is] = await Promise.all(
    [windows.before, windows.after].map((window) =>
      headlinesOf(db, clusterId, instances, { ...window, points }),
    ),
  );
  const key = ({ layer, id, of }: { layer: string; id: string; of?: string }) =>
    `${layer} ${id} ${of ?? ''}`;
  const together = new Map((was ?? []).map((one) => [key(one), one]));
  for (const one of is ?? []) {
    const before = together.get(key(one));
    const all = [...(before?.points ?? []), ...one.points];
    together.set(key(one), { ...one, points: all });
  }
  const headlines = [...together.values()].map(({ unit, perSecond, of, layer, id, ...one }) => ({
    ...{ layer, id, of: of ?? null, unit, per_second: perSecond ?? false },
    ...compareWindows(one, windows),
  }));
  return {
    ...{ ...windows, event },
    headlines: headlines.toSorted(
      (a, b) =>
        layers.indexOf(a.layer) - layers.indexOf(b.layer) ||
        headlineChanges.indexOf(a.change) - headlineChanges.indexOf(b.change),
    ),
  };
}
