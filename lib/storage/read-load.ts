import type { LoadBody, LoadSlice } from '@/lib/contract';
import type { Db } from './partitions';
import { readLatest } from './read-latest';
import { statementTexts } from './statement-texts';

/** Load filtered by: only what has exactly this value there. */
export type LoadFilter = { [slice in Exclude<LoadSlice, 'instance'>]?: string | undefined };

export type LoadWindow = {
  instanceIds: number[];
  from: number;
  to: number;
  points: number;
  by: LoadSlice;
  top: number;
  filter: LoadFilter;
  /** Sessions idle in a transaction are no load, but one may ask for them. */
  state?: 'active' | 'idle in transaction';
};

/**
 * A statement is called by our id of it; until that is known by the server's name for it, marked as such. A server that does
 * not name what runs (MariaDB) is named by us: `id//…/t`.
 */
const statementName = `coalesce(s.statement_id, k.statement_id,
  case when k.statement_name like 'id//%' then split_part(k.statement_name, '/', 3)
    when k.statement_name is not null then 'queryid ' || split_part(k.statement_name, '/', 3) end)`;
const expressions: Record<LoadSlice, string> = {
  wait: 'k.wait',
  event: `k.wait || coalesce(':' || k.event, '')`,
  statement: statementName,
  user: 'k.user_name',
  application: 'k.application',
  database: 'k.database_name',
  blocker: 'k.blocker',
  instance: 'k.instance_id::text',
};

/**
 * Average active sessions in equal steps, by a slice. Per instance it is what was seen over the samples taken there, so a
 * step in which sampling paused is not taken for a quiet one; instances are then added up. A step without a sample is null.
 */
export async function readLoad(db: Db, query: LoadWindow): Promise<LoadBody> {
  const length = query.to - query.from;
  // Past hours are merged to minutes.
  const smallest = length > 3_600_000 ? 60_000 : 10_000;
  const stepMs = Math.max(1, Math.ceil(length / query.points / smallest)) * smallest;
  const filter = Object.entries(query.filter).filter(([, value]) => value !== undefined);
  const conditions = filter.map(
    ([slice], index) => `${expressions[slice as LoadSlice]} = $${index + 7}`,
  );
  if (query.by === 'blocker') conditions.push('k.blocker is not null');
  const { rows } = await db.query<Row>(
    `with reading as materialized (
       select instance_id, floor((extract(epoch from to_at)::float8 * 1000 - 1) / $4::float8) as bucket, samples, key_ids, sessions
       from load_reading where instance_id = any($1) and to_at > $2 and to_at <= $3),
     taken as (select instance_id, bucket, sum(samples)::float8 as samples from reading group by 1, 2),
     summed as (
       select instance_id, bucket, key_id, sum(n) as n
       from (select instance_id, bucket, unnest(key_ids) as key_id, unnest(sessions)::float8 as n from reading) e group by 1, 2, 3),
     named as (
       select k.id, ${expressions[query.by]} as slice
       from load_key k left join lateral (
         select statement_id from statement_key s
         where s.instance_id = k.instance_id and s.userid = split_part(k.statement_name, '/', 1)
           and s.dbid = split_part(k.statement_name, '/', 2) and s.queryid = split_part(k.statement_name, '/', 3)
           and s.toplevel) s on true
       where k.instance_id = any($1) and k.state = $5
         ${conditions.map((one) => `and ${one}`).join(' ')}),
     sliced as (select instance_id, bucket, slice, sum(n) as seen from summed join named on named.id = key_id group by 1, 2, 3),
     ranked as (
       select slice, sum(seen / a.samples) as average, row_number() over (order by sum(seen / a.samples) desc, slice) as place,
         count(*) over () as slices
       from sliced join (select instance_id, sum(samples) as samples from taken group by 1) a using (instance_id) group by 1),
     top as (
       select s.instance_id, s.bucket, r.place <= $6 as named, case when r.place <= $6 then r.slice end as slice,
         max(r.slices)::int as slices, sum(s.seen) as seen
       from sliced s join ranked r
         -- Not "is not distinct from", which no hash serves.
         on coalesce(r.slice, '') = coalesce(s.slice, '') and (r.slice is null) = (s.slice is null) group by 1, 2, 3, 4)
     select instance_id, bucket, samples, named, slice, slices, seen from taken left join top using (instance_id, bucket) order by bucket`,
    [
      ...[query.instanceIds, new Date(query.from), new Date(query.to), stepMs],
      query.state ?? 'active',
      query.top,
      ...filter.map(([, value]) => value),
    ],
  );
  const { taken, ...found } = slicesOf(rows, stepMs);
  const keys = query.by === 'statement' ? found.slices.map(({ key }) => key) : [];
  const texts: Map<string | null, string> = await statementTexts(db, keys);
  return {
    window: { from: query.from, to: query.to },
    step_ms: stepMs,
    by: query.by,
    cores: await readCores(db, query.instanceIds),
    ...found,
    unsampled: lessSampled(query.instanceIds, taken),
    slices: found.slices.map((slice) => ({
      ...slice,
      text: texts.get(slice.key) ?? null,
      statement: texts.has(slice.key) ? slice.key : null,
    })),
  };
}

/** What one instance was doing in one step; what is beyond the top comes as one, which is not `named`. */
type Row = {
  instance_id: number;
  bucket: number;
  samples: number;
  named: boolean | null;
  slice: string | null;
  /** How many there are in all. */
  slices: number | null;
  seen: number | null;
};

type Sum = { average: number; points: Map<number, number> };

function slicesOf(rows: readonly Row[], stepMs: number) {
  const taken = new Map<number, Map<number, number>>();
  for (const { instance_id, bucket, samples } of rows) {
    const own = taken.get(instance_id) ?? new Map<number, number>();
    taken.set(instance_id, own.set(bucket, samples));
  }
  const all = new Map(
    [...taken].map(([id, own]) => [id, [...own.values()].reduce((a, b) => a + b, 0)]),
  );
  // The name "null" and no name are two slices.
  const sums = new Map<string | null, Sum>();
  const rest: Sum = { average: 0, points: new Map() };
  for (const { instance_id, bucket, samples, named, slice, seen } of rows) {
    if (seen === null) continue;
    const sum = named ? (sums.get(slice) ?? { average: 0, points: new Map() }) : rest;
    if (named) sums.set(slice, sum);
    sum.average += seen / (all.get(instance_id) ?? 1);
    sum.points.set(bucket, (sum.points.get(bucket) ?? 0) + seen / samples);
  }
  const buckets = new Set(rows.map(({ bucket }) => bucket));
  const steps = stepsBetween([...buckets]);
  const lineOf = (points: ReadonlyMap<number, number>) =>
    steps.map((bucket): [number, number | null] => [
      bucket * stepMs,
      buckets.has(bucket) ? (points.get(bucket) ?? 0) : null,
    ]);
  const ranked = [...sums].sort(([, a], [, b]) => b.average - a.average);
  const total = ranked.reduce((sum, [, { average }]) => sum + average, rest.average);
  const others = (rows.find(({ slices }) => slices !== null)?.slices ?? 0) - ranked.length;
  return {
    /** Samples by instance. */
    taken: all,
    average: taken.size === 0 ? null : total,
    samples: [...all.values()].reduce((a, b) => a + b, 0),
    slices: ranked.map(([key, { average, points }]) => ({
      key,
      average,
      share: total > 0 ? average / total : 0,
      points: lineOf(points),
    })),
    other: {
      slices: others,
      average: rest.average,
      points: others === 0 ? [] : lineOf(rest.points),
    },
  };
}

/** Instances whose load is missing from a tenth of the sum or more, because they were not sampled. */
function lessSampled(instanceIds: readonly number[], taken: ReadonlyMap<number, number>): string[] {
  const most = Math.max(0, ...taken.values());
  return instanceIds.filter((id) => (taken.get(id) ?? 0) < most * 0.9).map(String);
}

/** Every step from the first that was sampled to the last. */
function stepsBetween(buckets: readonly number[]): number[] {
  if (buckets.length === 0) return [];
  const first = Math.min(...buckets);
  return Array.from({ length: Math.max(...buckets) - first + 1 }, (_, index) => first + index);
}

/** The sum of the hosts' cores as last reported, a host of several instances once; null when one is unknown. */
async function readCores(db: Db, instanceIds: number[]): Promise<number | null> {
  const latest = await readLatest(db, { instanceIds, metrics: ['postgres.load', 'mysql.load'] });
  const cores = new Map(
    latest.flatMap((one) => (one.column === 'cores' ? [[one.instanceId, one.value]] : [])),
  );
  const { rows } = await db.query<{ id: number; host: string }>(
    'select id, host from instance where id = any($1)',
    [instanceIds],
  );
  const hosts = new Map(rows.map(({ id, host }) => [host, cores.get(id) ?? null]));
  const known = [...hosts.values()].filter((count) => count !== null);
  return known.length === 0 || known.length < hosts.size ? null : known.reduce((a, b) => a + b);
}
