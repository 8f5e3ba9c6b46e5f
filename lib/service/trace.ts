/** What is kept of a span until its request has ended: when it ran and what for, nothing of what was in it. */
export type KeptSpan = {
  traceId: string;
  spanId: string;
  parentId: string;
  kind: 'server' | 'database' | 'call' | 'inner';
  /** Epoch ms, with fractions. */
  from: number;
  to: number;
  /** Our id of the statement, of a database's span. */
  statementId: string | null;
};

export type StatementUse = { calls: number; totalMs: number };

/** Where the time of one request went, in ms, and which statements it ran. */
export type RequestSummary = {
  durationMs: number;
  databaseMs: number;
  /** Of calls to services whose own time is known: what they did not need themselves. Null when there were none. */
  networkMs: number | null;
  otherMs: number;
  calls: number;
  statements: Map<string, StatementUse>;
  /** Calls of other services that had not sent their part yet. */
  open: KeptSpan[];
};

const mostSpans = 10_000;

/**
 * Sums what happened within one request of a service: times of spans that ran side by side count once, and what another
 * service did within the same trace is that service's.
 * @param childrenOf spans by the id of their parent
 */
export function summariseRequest(
  request: KeptSpan,
  childrenOf: (spanId: string) => readonly KeptSpan[],
): RequestSummary {
  const database: [number, number][] = [];
  const outside: [number, number][] = [];
  const statements = new Map<string, StatementUse>();
  const open: KeptSpan[] = [];
  let networkMs: number | null = null;
  let calls = 0;
  const within = ({ from, to }: KeptSpan): [number, number] => [
    Math.max(from, request.from),
    Math.min(to, request.to),
  ];
  const left = [...childrenOf(request.spanId)];
  for (let seen = 0; left.length > 0 && seen < mostSpans; seen += 1) {
    const span = left.pop() as KeptSpan;
    if (span.kind === 'server') continue;
    if (span.kind === 'database') {
      calls += 1;
      database.push(within(span));
      if (span.statementId !== null) {
        const use = statements.get(span.statementId) ?? { calls: 0, totalMs: 0 };
        use.calls += 1;
        use.totalMs += span.to - span.from;
        statements.set(span.statementId, use);
      }
    } else if (span.kind === 'call') {
      outside.push(within(span));
      const answered = childrenOf(span.spanId).find(({ kind }) => kind === 'server');
      if (answered) networkMs = (networkMs ?? 0) + betweenMs(span, answered);
      else open.push(span);
    }
    left.push(...childrenOf(span.spanId));
  }
  const databaseMs = unionMs(database);
  const outsideMs = unionMs([...database, ...outside]) - databaseMs;
  const network = networkMs === null ? null : Math.min(networkMs, outsideMs);
  return {
    durationMs: request.to - request.from,
    ...{ databaseMs, networkMs: network, otherMs: outsideMs - (network ?? 0) },
    ...{ calls, statements, open },
  };
}

/** How much longer a call took its caller than the one called: clocks of two hosts are never compared. */
export function betweenMs(
  call: { from: number; to: number },
  answered: { from: number; to: number },
): number {
  return Math.max(0, call.to - call.from - (answered.to - answered.from));
}

/** How long at least one of several intervals lasted. */
export function unionMs(intervals: readonly [number, number][]): number {
  let sum = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const [from, to] of intervals.toSorted((a, b) => a[0] - b[0])) {
    if (to <= from || to <= end) continue;
    sum += to - Math.max(from, end);
    end = to;
  }
  return sum;
}

/** A request that runs one statement this often runs it once per row of something: an N+1. */
export const repeatedFrom = 10;

/** The statement that a request repeated most, if any. */
export function repeatedIn(summary: RequestSummary): { id: string; calls: number } | null {
  let most: { id: string; calls: number } | null = null;
  for (const [id, { calls }] of summary.statements)
    if (calls >= repeatedFrom && calls > (most?.calls ?? 0)) most = { id, calls };
  return most;
}
