import type { Pool } from 'pg';
import type { ServiceTraces, TracedRequest } from '@/lib/otlp/take-traces';
import { intervalOf } from '@/lib/service/durations';
import { repeatedFrom, repeatedIn } from '@/lib/service/trace';
import { appendServiceMinutes, type ServiceMinute } from './append-service-minutes';
import { insertStatements } from './append-statements';
import { inTransaction } from './compact';
import { type Db, ensurePartitions } from './partitions';
import { statementBinMs } from './read-service-statements';
import { registerRoutes, registerService } from './register-service';

const minuteMs = 60_000;
/** Of each ten minutes: pairs of route and statement, and examples of slow traces and of repeated statements. */
const mostStatements = 500;
const mostExamples = 5;
const binOf = (at: number) => Math.floor(at / statementBinMs) * statementBinMs;

/** Adds what traced requests did. @returns true when there is no room for another service */
export async function appendServiceTraces(db: Pool, given: ServiceTraces): Promise<boolean> {
  const { requests, late, addresses } = given;
  if (requests.length + late.length + addresses.length === 0) return false;
  const client = await db.connect();
  let refused = false;
  try {
    await inTransaction(client, async () => {
      const id = await registerService(client, given.service);
      refused = id === null;
      if (id === null) return;
      const routeId = await registerRoutes(client, id, [
        ...requests.map(({ route }) => route),
        ...late.map(({ route }) => route),
      ]);
      await appendMinutes(client, id, given, routeId);
      await appendUses(client, id, given, routeId);
      await appendExamples(client, id, requests, routeId);
      await mapByAddress(client, id, addresses);
    });
    return refused;
  } finally {
    client.release();
  }
}

type RouteId = (route: string) => number;

async function appendMinutes(db: Db, id: number, given: ServiceTraces, routeId: RouteId) {
  const rows: ServiceMinute[] = given.requests.flatMap(({ span, route, failed, summary }) =>
    [0, routeId(route)].map((one) => ({
      ...{ routeId: one, at: Math.floor(span.to / minuteMs) * minuteMs },
      ...{ requests: 1, errors: failed ? 1 : 0, totalMs: summary.durationMs },
      intervals: [{ ...intervalOf(summary.durationMs), count: 1 }],
      ...{ databaseMs: summary.databaseMs, networkMs: summary.networkMs ?? 0 },
      ...{ otherMs: summary.otherMs, networkRequests: summary.networkMs === null ? 0 : 1 },
    })),
  );
  // What was thought to be the other service's time was the way to it.
  for (const { route, at, networkMs } of given.late)
    for (const one of [0, routeId(route)])
      rows.push({
        ...{ routeId: one, at: Math.floor(at / minuteMs) * minuteMs },
        ...{ requests: 0, errors: 0, totalMs: 0, intervals: [] },
        ...{ networkMs, otherMs: -networkMs, networkRequests: 1 },
      });
  await appendServiceMinutes(db, id, 'traces', rows);
}

type Use = {
  routeId: number;
  statementId: string;
  at: number;
  calls: number;
  requests: number;
  totalMs: number;
  repeated: number;
  most: number;
};

async function appendUses(db: Db, id: number, given: ServiceTraces, routeId: RouteId) {
  const uses = new Map<string, Use>();
  for (const { span, route, summary } of given.requests)
    for (const [statementId, { calls, totalMs }] of summary.statements) {
      if (!given.statements.has(statementId)) continue;
      const key = { routeId: routeId(route), statementId, at: binOf(span.to) };
      const name = nameOf(key);
      const use = uses.get(name) ?? {
        ...key,
        ...{ calls: 0, requests: 0, totalMs: 0, repeated: 0, most: 0 },
      };
      use.calls += calls;
      use.requests += 1;
      use.totalMs += totalMs;
      use.repeated += calls >= repeatedFrom ? 1 : 0;
      use.most = Math.max(use.most, calls);
      uses.set(name, use);
    }
  const rows = await withRoom(db, id, [...uses.values()]);
  if (rows.length === 0) return;
  await insertStatements(
    db,
    rows.flatMap(({ statementId }) => given.statements.get(statementId) ?? []),
  );
  const moments = rows.map(({ at }) => at);
  await ensurePartitions({}, db, 'service_statement', moments);
  await db.query(
    `insert into service_statement as s (service_id, route_id, statement_id, at, calls, requests, total_ms, repeated_requests, most)
     select $1, * from unnest($2::int[], $3::text[], $4::timestamptz[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::int[])
     on conflict (service_id, route_id, statement_id, at) do update set
       calls = s.calls + excluded.calls, requests = s.requests + excluded.requests,
       total_ms = s.total_ms + excluded.total_ms, repeated_requests = s.repeated_requests + excluded.repeated_requests,
       most = greatest(s.most, excluded.most)`,
    [
      ...[id, rows.map((use) => use.routeId), rows.map((use) => use.statementId)],
      ...[moments.map((at) => new Date(at)), rows.map((use) => use.calls)],
      ...[rows.map((use) => use.requests), rows.map((use) => use.totalMs)],
      ...[rows.map((use) => use.repeated), rows.map((use) => use.most)],
    ],
  );
}

const nameOf = (use: { routeId: number; statementId: string; at: number }) =>
  `${use.routeId} ${use.statementId} ${use.at}`;

/** Pairs that are there already, and new ones while there is room: an application may make up statements without end. */
async function withRoom(db: Db, id: number, uses: Use[]): Promise<Use[]> {
  if (uses.length === 0) return [];
  const { rows } = await db.query<{ routeId: number; statementId: string; at: Date }>(
    `select route_id as "routeId", statement_id as "statementId", at from service_statement
     where service_id = $1 and at = any($2)`,
    [id, [...new Set(uses.map(({ at }) => at))].map((at) => new Date(at))],
  );
  const known = new Set(rows.map((row) => nameOf({ ...row, at: row.at.getTime() })));
  let room = mostStatements - known.size;
  return uses.filter((use) => known.has(nameOf(use)) || room-- > 0);
}

async function appendExamples(db: Db, id: number, requests: TracedRequest[], routeId: RouteId) {
  const slowest = requests
    .toSorted((a, b) => b.summary.durationMs - a.summary.durationMs)
    .slice(0, mostExamples);
  const repeated = requests.filter(({ summary }) => repeatedIn(summary)).slice(0, mostExamples);
  const chosen = [...new Set([...slowest, ...repeated])];
  if (chosen.length === 0) return;
  const moments = chosen.map(({ span }) => span.to);
  await ensurePartitions({}, db, 'service_trace', moments);
  const most = chosen.map(({ summary }) => repeatedIn(summary));
  await db.query(
    `insert into service_trace (service_id, route_id, trace_id, span_id, at, duration_ms, database_ms, calls, failed,
       repeated_statement_id, repeated)
     select $1, * from unnest($2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::float8[], $7::float8[], $8::int[],
       $9::boolean[], $10::text[], $11::int[])
     on conflict do nothing`,
    [
      ...[id, chosen.map(({ route }) => routeId(route)), chosen.map(({ span }) => span.traceId)],
      ...[chosen.map(({ span }) => span.spanId), moments.map((at) => new Date(at))],
      ...[chosen.map(({ summary }) => summary.durationMs)],
      ...[
        chosen.map(({ summary }) => summary.databaseMs),
        chosen.map(({ summary }) => summary.calls),
      ],
      ...[chosen.map(({ failed }) => failed), most.map((one) => one?.id ?? null)],
      most.map((one) => one?.calls ?? 0),
    ],
  );
  for (const bin of new Set(moments.map(binOf))) await dropExamples(db, id, bin);
}

/** Keeps the slowest and the most repeated of a bin. */
async function dropExamples(db: Db, id: number, bin: number) {
  await db.query(
    `with ranked as (
       select trace_id, span_id, at, repeated > 0 as repeats,
         row_number() over (order by duration_ms desc) as slow,
         row_number() over (partition by repeated > 0 order by repeated desc) as often
       from service_trace where service_id = $1 and at >= $2 and at < $3)
     delete from service_trace t using ranked r
     where t.service_id = $1 and t.at >= $2 and t.at < $3
       and (t.trace_id, t.span_id, t.at) = (r.trace_id, r.span_id, r.at)
       and r.slow > $4 and not (r.repeats and r.often <= $4)`,
    [id, new Date(bin), new Date(bin + statementBinMs), mostExamples],
  );
}

/** The cluster whose server the application calls, unless a person said another one. */
async function mapByAddress(db: Db, id: number, addresses: ServiceTraces['addresses']) {
  if (addresses.length === 0) return;
  const names = [...new Set(addresses.map(({ host, port }) => `${host}:${port}`))].slice(0, 100);
  await db.query(
    `update service s set cluster_id = f.cluster_id, mapped_by = 'traces' from (
       select i.cluster_id from instance i
       where i.host || ':' || i.port = any($2) or (i.host in ('127.0.0.1', 'localhost', '::1')
         and array['127.0.0.1:' || i.port, 'localhost:' || i.port, '::1:' || i.port] && $2)
       group by 1 order by count(*) desc, 1 limit 1) f
     where s.id = $1 and s.cluster_id is null`,
    [id, names],
  );
}
