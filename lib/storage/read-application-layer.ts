import type { Pool } from 'pg';
import { severityRank } from '@/lib/alert/cluster-state';
import type { LayerBody } from '@/lib/contract';
import { mergeIntervals, percentileOf } from '@/lib/service/durations';
import { groupBy } from './group-by';
import { keepFresh } from './keep-fresh';
import { readObjectives } from './read-objectives';
import { readServiceMinutes, type ServedSum } from './read-service-minutes';

const minuteMs = 60_000;
const presentMs = 15 * minuteMs;
const sparkParts = 30;
const stepMs = (60 * minuteMs) / sparkParts;
/** With the name of the service that stands worst. */
type Layers = Map<string, { layer: LayerBody; service: string }>;
/**
 * The application layer by cluster, of clusters that services are mapped to; at most a minute old. A fleet is asked for every
 * few seconds by everybody who looks; its services say something new once a minute.
 */
export const readApplicationLayers = keepFresh<void, Layers>((db) => readLayers(db), {
  ...{ freshMs: 15_000, lastsMs: 60_000 },
});

async function readLayers(db: Pool): Promise<Layers> {
  const { rows } = await db.query<{
    id: number;
    name: string;
    cluster_id: number;
    last_seen: Date;
  }>(`select id, name, cluster_id, last_seen from service where cluster_id is not null`);
  if (rows.length === 0) return new Map();
  const now = Date.now();
  const ids = rows.map(({ id }) => id);
  const sums = await readServiceMinutes(db, {
    ...{ serviceIds: ids, from: now - sparkParts * stepMs, to: now, stepMs, routes: 'whole' },
  });
  const objectivesOf = await readObjectives(db, ids);
  const byService = groupBy(sums, ({ serviceId }) => serviceId);
  const clusters = groupBy(rows, (row) => String(row.cluster_id));
  return new Map(
    [...clusters].map(([cluster, services]) => {
      const own = services.flatMap(({ id }) => preferred(byService.get(id) ?? []));
      const ranked = services
        .map(({ id, name }) => ({
          name,
          state: worst(objectivesOf(id).objectives.map((objective) => objective.state)),
        }))
        .sort((a, b) => rankOf(b.state) - rankOf(a.state));
      const state = ranked[0]?.state ?? 'unknown';
      const at = Math.max(...services.map(({ last_seen }) => last_seen.getTime()));
      const heard = now - at < presentMs;
      return [
        cluster,
        {
          service: ranked[0]?.name ?? '',
          layer: {
            layer: 'application',
            measured: true,
            // What was promised long ago and is silent now is not known to be kept.
            state: heard ? state : 'unknown',
            headline: {
              ...{ name: 'p95_ms', unit: 'ms', at },
              value: heard ? p95(own.filter((one) => one.at + stepMs > now - presentMs)) : null,
            },
            spark: sparkOf(own),
          },
        },
      ];
    }),
  );
}

/** Metrics count every request; traces are the second choice, as everywhere. */
function preferred(sums: ServedSum[]): ServedSum[] {
  const metrics = sums.filter(({ source }) => source === 'metrics');
  return metrics.length > 0 ? metrics : sums;
}

/** From one histogram of all services: never an average of percentiles. */
const p95 = (sums: ServedSum[]) =>
  percentileOf(mergeIntervals(sums.flatMap(({ intervals }) => intervals)), 0.95)?.value ?? null;

function sparkOf(sums: ServedSum[]): (number | null)[] {
  const byPart = groupBy(sums, ({ at }) => at);
  const origin = Math.floor((Date.now() - sparkParts * stepMs) / minuteMs) * minuteMs;
  return Array.from({ length: sparkParts }, (_, i) => p95(byPart.get(origin + i * stepMs) ?? []));
}

function worst(states: LayerBody['state'][]): LayerBody['state'] {
  return states.toSorted((a, b) => rankOf(b) - rankOf(a))[0] ?? 'unknown';
}

/** What is not known says nothing while another one is known. */
const rankOf = (state: LayerBody['state']) => (state === 'unknown' ? 0 : severityRank(state));
