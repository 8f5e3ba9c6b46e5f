import { betweenMs, type KeptSpan } from '@/lib/service/trace';
import type { DescribedStatement } from '@/lib/statement/described-statement';

/**
 * Spans of requests that have not ended. A request's children end and are sent before it, so this holds them for a moment;
 * of the services in front of it, until their part has come. In memory: after a restart requests that were under way
 * miss some of their statements.
 */
const keptMs = 60_000;
const mostSpans = 100_000;
const mostStatements = 5000;

/** A call whose answerer had not sent its part when the caller's request was summed. */
type Open = { call: KeptSpan; of: unknown };
type Trace = {
  at: number;
  spans: Map<string, KeptSpan>;
  children: Map<string, KeptSpan[]>;
  summed: Set<string>;
  open: Map<string, Open>;
};

export class TraceMemory {
  private traces = new Map<string, Trace>();
  private count = 0;
  private statements = new Map<string, DescribedStatement>();

  /** Keeps a span; one that is known already changes nothing. */
  keep(span: KeptSpan, statement: DescribedStatement | null, now: number): void {
    if (statement) this.statements.set(statement.id, statement);
    for (const id of this.statements.keys()) {
      if (this.statements.size <= mostStatements) break;
      this.statements.delete(id);
    }
    const trace = this.traceOf(span.traceId, now);
    if (trace.spans.has(span.spanId)) return;
    trace.spans.set(span.spanId, span);
    this.count += 1;
    const siblings = trace.children.get(span.parentId);
    if (siblings) siblings.push(span);
    else trace.children.set(span.parentId, [span]);
    this.forget(now);
  }

  /** A statement that some span ran, without literals. */
  statementOf(id: string): DescribedStatement | null {
    return this.statements.get(id) ?? null;
  }

  childrenOf(traceId: string): (spanId: string) => readonly KeptSpan[] {
    const children = this.traces.get(traceId)?.children;
    return (spanId) => children?.get(spanId) ?? [];
  }

  isSummed(span: KeptSpan): boolean {
    return this.traces.get(span.traceId)?.summed.has(span.spanId) ?? false;
  }

  /** After what was summed is stored, so that a request that failed may be sent again. */
  markSummed(span: KeptSpan, open: readonly KeptSpan[], of: unknown): void {
    const trace = this.traces.get(span.traceId);
    trace?.summed.add(span.spanId);
    for (const call of open) trace?.open.set(call.spanId, { call, of });
  }

  /** The call that this request answers, if it waits for it: how long it took longer, and what `markSummed` was given. */
  answers(span: KeptSpan): { networkMs: number; of: unknown } | null {
    const trace = this.traces.get(span.traceId);
    const found = trace?.open.get(span.parentId);
    if (!trace || !found) return null;
    trace.open.delete(span.parentId);
    return { networkMs: betweenMs(found.call, span), of: found.of };
  }

  private traceOf(id: string, now: number): Trace {
    const known = this.traces.get(id);
    if (known) return known;
    const made: Trace = {
      ...{ at: now, spans: new Map(), children: new Map() },
      ...{ summed: new Set<string>(), open: new Map() },
    };
    this.traces.set(id, made);
    return made;
  }

  /** Oldest first, which is the order of a Map. */
  private forget(now: number): void {
    for (const [id, trace] of this.traces) {
      if (now - trace.at <= keptMs && this.count <= mostSpans) return;
      this.count -= trace.spans.size;
      this.traces.delete(id);
    }
  }
}

// Kept across hot reloads, which evaluate this module again.
const kept = globalThis as { yaguraTraces?: TraceMemory };

/** The process's memory. Several web servers behind one address each know the traces that they were sent. */
export function traceMemory(): TraceMemory {
  kept.yaguraTraces ??= new TraceMemory();
  return kept.yaguraTraces;
}
