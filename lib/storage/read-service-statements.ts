import type { ServiceDetailBody, ServiceTraceBody } from '@/lib/contract';
import type { Db } from './partitions';

/** Statements are summed over this long. */
export const statementBinMs = 10 * 60_000;
type Window = { from: number; to: number };

/** Statements that traced requests ran, by route, the one that took the most time first. */
export async function readServiceStatements(
  db: Db,
  serviceId: number,
  window: Window,
): Promise<Pick<ServiceDetailBody, 'statements' | 'statements_window'>> {
  const from = Math.floor(window.from / statementBinMs) * statementBinMs;
  const to = Math.ceil(window.to / statementBinMs) * statementBinMs;
  const { rows } = await db.query(
    `select t.statement_id as id, s.text, r.name as route, t.calls, t.requests, t.total_ms, t.total_ms / t.calls as mean_ms,
       t.calls / t.requests as calls_per_request, t.repeated_requests, t.most,
       exists (select from statement_key k join instance i on i.id = k.instance_id
               join service v on v.id = $1 and v.cluster_id = i.cluster_id where k.statement_id = t.statement_id) as known
     from (select statement_id, route_id, sum(calls) as calls, sum(requests) as requests, sum(total_ms) as total_ms,
             sum(repeated_requests) as repeated_requests, max(most) as most
           from service_statement where service_id = $1 and at >= $2 and at < $3
           group by 1, 2 order by sum(total_ms) desc limit 100) t
     join statement s on s.id = t.statement_id join service_route r on r.id = t.route_id
     order by t.total_ms desc`,
    [serviceId, new Date(from), new Date(to)],
  );
  return { statements: rows, statements_window: { from, to } };
}

const mostExamples = 5;

/** A few of the traces kept as examples: those with repeated statements, then the slowest. */
export async function readServiceTraces(
  db: Db,
  serviceId: number,
  window: Window,
): Promise<ServiceTraceBody[]> {
  const { rows } = await db.query(
    `select t.trace_id, t.span_id, r.name as route, t.at, t.duration_ms, t.database_ms, t.calls, t.failed,
       t.repeated_statement_id as repeated_statement, t.repeated
     from (select *, row_number() over (order by duration_ms desc) as slow,
             row_number() over (partition by repeated > 0 order by repeated desc, duration_ms desc) as often
           from service_trace where service_id = $1 and at >= $2 and at < $3) t
     join service_route r on r.id = t.route_id
     where slow <= $4 or (repeated > 0 and often <= $4)
     order by (t.repeated > 0) desc, t.duration_ms desc`,
    [serviceId, new Date(window.from), new Date(window.to), mostExamples],
  );
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}
