import type { Pool } from 'pg';
import type { RequestPoint, ServicePoints } from '@/lib/otlp/read-metrics';
import { closeWith, type Stood, sinceLast } from '@/lib/service/counters';
import { spreadOverMinutes } from '@/lib/service/minutes';
import { appendServiceMinutes, type ServiceMinute } from './append-service-minutes';
import { inTransaction } from './compact';
import type { Db } from './partitions';
import { registerRoutes, registerService } from './register-service';

type Stream = Stood & { at: number; startAt: number };
const mostStreams = 10_000;
const minuteMs = 60_000;

/**
 * Adds what counters say happened since they were last heard of. Sent again, a request changes nothing.
 * @returns how many points were not taken because there is no room for them
 */
export async function appendServiceMetrics(db: Pool, given: ServicePoints): Promise<number> {
  const client = await db.connect();
  let refused = 0;
  try {
    await inTransaction(client, async () => {
      const id = await registerService(client, given.service);
      if (id === null) {
        refused = given.points.length;
        return;
      }
      refused = await appendPoints(client, id, given.points);
    });
    return refused;
  } finally {
    client.release();
  }
}

async function appendPoints(db: Db, serviceId: number, points: RequestPoint[]): Promise<number> {
  const { streams, count } = await readStreams(db, serviceId, points);
  const routeId = await registerRoutes(
    db,
    serviceId,
    points.map(({ route }) => route),
  );
  const rows: ServiceMinute[] = [];
  const now = new Map<string, Stream>();
  let refused = 0;
  for (const point of points) {
    const last = now.get(point.stream) ?? streams.get(point.stream) ?? null;
    if (last === null && count + now.size >= mostStreams) {
      refused += 1;
      continue;
    }
    const process = streams.get(point.process);
    const since = differenceOf(point, last, process?.at ?? null);
    if (last === null || point.at > last.at) now.set(point.stream, stoodAt(point));
    const known = now.get(point.process)?.at ?? 0;
    if (point.at > known)
      now.set(point.process, { ...stoodAt(point), count: 0, totalMs: 0, intervals: [] });
    if (since === null || since.to <= since.from) continue;
    // The service said something of these minutes, even if it was that nobody came.
    for (const [at] of spreadOverMinutes(since.from, since.to, nothing))
      rows.push({ ...nothing, routeId: 0, at });
    if (since.count === 0) continue;
    const intervals = closeWith(since.intervals, point.maxMs);
    const served = {
      ...{ requests: since.count, errors: point.error ? since.count : 0 },
      ...{ totalMs: since.totalMs, intervals },
    };
    for (const [at, part] of spreadOverMinutes(since.from, since.to, served))
      for (const id of [0, routeId(point.route)])
        if (part.requests > 0) rows.push({ ...part, routeId: id, at });
  }
  await writeStreams(db, serviceId, now);
  await appendServiceMinutes(db, serviceId, 'metrics', rows);
  return refused;
}

const nothing = { requests: 0, errors: 0, totalMs: 0, intervals: [] };

function differenceOf(point: RequestPoint, last: Stream | null, processAt: number | null) {
  if (point.cumulative) return sinceLast(point, last, processAt);
  // The same interval again is the same request sent again.
  if (last && last.at === point.at && last.startAt === point.startAt) return null;
  const from = point.startAt > 0 ? point.startAt : point.at - minuteMs;
  const { count, totalMs, intervals, at } = point;
  return { count, totalMs, intervals, from, to: at };
}

function stoodAt(point: RequestPoint): Stream {
  const { at, startAt, count, totalMs } = point;
  return { at, startAt, count, totalMs, intervals: point.cumulative ? point.intervals : [] };
}

async function readStreams(db: Db, serviceId: number, points: RequestPoint[]) {
  const keys = [...new Set(points.flatMap(({ stream, process }) => [stream, process]))];
  const { rows } = await db.query<{ key: string; last_at: Date; state: Kept }>(
    'select key, last_at, state from service_stream where service_id = $1 and key = any($2)',
    [serviceId, keys],
  );
  const { rows: counted } = await db.query<{ n: number }>(
    'select count(*)::int as n from service_stream where service_id = $1',
    [serviceId],
  );
  const streams = new Map(rows.map(({ key, state }) => [key, streamOf(state)]));
  return { streams, count: counted[0]?.n ?? 0 };
}

/** JSON knows no Infinity: an interval without an end has null. */
type Kept = {
  at: number;
  start: number;
  count: number;
  total: number;
  buckets: [number, number | null, number][];
};

const streamOf = ({ at, start, count, total, buckets }: Kept): Stream => ({
  ...{ at, startAt: start, count, totalMs: total },
  intervals: buckets.map(([low, high, n]) => ({
    ...{ low, high: high ?? Number.POSITIVE_INFINITY, count: n },
  })),
});

async function writeStreams(db: Db, serviceId: number, streams: Map<string, Stream>) {
  if (streams.size === 0) return;
  const states = [...streams.values()].map(
    ({ at, startAt, count, totalMs, intervals }): Kept => ({
      ...{ at, start: startAt, count, total: totalMs },
      buckets: intervals.map(({ low, high, count: n }) => [
        low,
        Number.isFinite(high) ? high : null,
        n,
      ]),
    }),
  );
  await db.query(
    `insert into service_stream (service_id, key, last_at, state)
     select $1, * from unnest($2::text[], $3::timestamptz[], $4::jsonb[])
     on conflict (service_id, key) do update set last_at = excluded.last_at, state = excluded.state`,
    [
      ...[serviceId, [...streams.keys()], [...streams.values()].map(({ at }) => new Date(at))],
      states.map((state) => JSON.stringify(state)),
    ],
  );
}

/** Counters of processes that ended. */
export async function dropOldStreams(db: Db): Promise<void> {
  await db.query(`delete from service_stream where last_at < now() - interval '1 day'`);
}
