import { type RequestSummary, summariseRequest } from '@/lib/service/trace';
import { appendServiceTraces } from '@/lib/storage/append-service-traces';
import { pool } from '@/lib/storage/pool';
import { type ServiceName, serviceOf } from './describe-service';
import { type ReadSpan, readSpan } from './read-span';
import type { Received } from './receive';
import type { Span, TracesRequest } from './requests';
import { traceMemory } from './trace-memory';

/** One request that a service answered, as its trace shows it. */
export type TracedRequest = ReadSpan & { summary: RequestSummary };
/** What came later: the time of a call that was summed before its answerer was heard. */
export type LateAnswer = { route: string; at: number; networkMs: number };
export type ServiceTraces = {
  service: ServiceName;
  requests: TracedRequest[];
  late: LateAnswer[];
  /** Of the statements that the requests ran, by id. */
  statements: Map<string, NonNullable<ReadSpan['statement']>>;
  addresses: NonNullable<ReadSpan['address']>[];
};
type Summed = { service: ServiceName; route: string; at: number };

const mostSpans = 20_000;

/** Keeps summaries of the requests whose traces came, and of each service's few slowest their ids. */
export async function takeTraces(request: TracesRequest): Promise<Received> {
  const now = Date.now();
  const memory = traceMemory();
  const reasons = new Set<string>();
  let rejected = 0;
  let seen = 0;
  const parts: { service: ServiceName; spans: ReadSpan[] }[] = [];
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const spans: ReadSpan[] = [];
    for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
      seen += 1;
      const reason = seen > mostSpans ? 'too many spans' : refusal(span, now);
      if (reason === null) spans.push(await readSpan(span));
      else {
        rejected += 1;
        reasons.add(reason);
      }
    }
    parts.push({ service: serviceOf(resource), spans });
  }
  // All of them first: the order of spans within a request says nothing.
  for (const { spans } of parts)
    for (const { span, statement } of spans) memory.keep(span, statement, now);
  const services = summarise(parts);
  for (const one of services) {
    const refused = await appendServiceTraces(pool(), one);
    if (refused) {
      rejected += one.requests.length;
      reasons.add('too many services');
    }
    for (const { span, route, summary } of one.requests)
      memory.markSummed(span, summary.open, { service: one.service, route, at: span.to });
  }
  return { rejected, message: [...reasons].join(', ') };
}

function summarise(parts: { service: ServiceName; spans: ReadSpan[] }[]): ServiceTraces[] {
  const memory = traceMemory();
  const services = new Map<string, ServiceTraces>();
  const of = (service: ServiceName) => {
    const name = JSON.stringify(service);
    const known: ServiceTraces = services.get(name) ?? {
      ...{ service, requests: [], late: [] },
      ...{ statements: new Map(), addresses: [] },
    };
    services.set(name, known);
    return known;
  };
  const chosen = new Set<string>();
  for (const { service, spans } of parts)
    for (const read of spans) {
      const { span, address } = read;
      if (address) of(service).addresses.push(address);
      const name = `${span.traceId} ${span.spanId}`;
      if (span.kind !== 'server' || memory.isSummed(span) || chosen.has(name)) continue;
      chosen.add(name);
      const summary = summariseRequest(span, memory.childrenOf(span.traceId));
      of(service).requests.push({ ...read, summary });
      for (const id of summary.statements.keys()) {
        const statement = memory.statementOf(id);
        if (statement) of(service).statements.set(id, statement);
      }
      const answered = memory.answers(span);
      const caller = answered?.of as Summed | undefined;
      if (answered && caller)
        of(caller.service).late.push({
          ...{ route: caller.route, at: caller.at, networkMs: answered.networkMs },
        });
    }
  return [...services.values()];
}

function refusal(span: Span, now: number): string | null {
  if (span.traceId === '' || span.spanId === '') return 'no id';
  if (/^0+$/.test(span.traceId) || /^0+$/.test(span.spanId)) return 'no id';
  if (span.endTimeUnixNano < span.startTimeUnixNano) return 'an end before its start';
  if (span.endTimeUnixNano > now + 5 * 60_000) return 'a time in the future';
  if (span.endTimeUnixNano < now - 3_600_000) return 'a time more than an hour ago';
  return null;
}
