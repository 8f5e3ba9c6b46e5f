/** Entries of a log as what is kept of them: histograms, counts, the slowest executions, plans. No literal gets through. */
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { LogReading } from '@/collectors/run/log-reading';
import { bucketOf } from '@/lib/log/durations';
import { leadingWildcard } from '@/lib/log/leading-wildcard';
import type { LogEntry } from '@/lib/log/log-entry';
import { type LogFact, recognise } from '@/lib/log/recognise';
import { planFindings } from '@/lib/plan/plan-findings';
import { planShape } from '@/lib/plan/plan-shape';
import { readExplain } from '@/lib/plan/read-explain';
import { readPostgresExecution, readPostgresPlan } from '@/lib/plan/read-postgres-plan';
import { type DescribedStatement, describeStatement } from '@/lib/statement/describe-statement';
import type {
  LoggedExecution,
  LoggedPlan,
  LogSpan,
  LogStatement,
} from '@/lib/storage/logged-content';
import type { LogSource } from './log-source';

/** Of one reading. */
const mostStatements = 2000;
const mostExecutions = 5;
const mostPlans = 20;
const shortestKeptMs = 10;
/** Described texts that are remembered; the longest ones are not worth it. */
const remembered = 5000;
const longestRemembered = 2000;

const spanMs = 60_000;
const mostSpans = 120;

export type SumOptions = {
  source: LogSource;
  /** Null when it is not known since when; nothing of before the first entry is then claimed. */
  fromAt: number | null;
  toAt: number;
  toOurs(at: number): number;
  /** Some entries were not read. */
  incomplete: boolean;
};
export type Summed = Pick<
  LogReading,
  'spans' | 'statements' | 'executions' | 'plans' | 'wildcards' | 'summary'
>;

/** One per connection: it remembers texts, and which threshold was in force at the last reading. */
export function createSummary(): {
  sum(entries: LogEntry[], options: SumOptions): Promise<Summed>;
} {
  const known = new Map<string, DescribedStatement | null>();
  let thresholdBefore: number | null | undefined;

  const describeText = async (text: string | null): Promise<DescribedStatement | null> => {
    if (text === null) return null;
    const found = known.get(text);
    if (found !== undefined) return found;
    const said = await describeStatement(text);
    const described = said.kind === 'unknown' ? null : said;
    if (known.size >= remembered) known.clear();
    if (text.length <= longestRemembered) known.set(text, described);
    return described;
  };

  return {
    async sum(entries, options) {
      const { source, toOurs } = options;
      const threshold = source.statementMs ?? source.planMs;
      // A statement that is both timed and explained is counted once, where all of them are.
      const counted = source.statementMs !== null || source.planMs === null ? 'duration' : 'plan';
      const changed = thresholdBefore !== undefined && thresholdBefore !== threshold;
      thresholdBefore = threshold;
      const reliable = changed || options.incomplete ? null : threshold;
      const first = entries.find(({ at }) => at !== null)?.at ?? null;
      const fromAt = options.fromAt ?? (first === null ? options.toAt : toOurs(first));
      const spans = spansOf(Math.min(fromAt, options.toAt), options.toAt, reliable);
      const statements = new Map<string, LogReading['statements'][number]>();
      const executions: LoggedExecution[] = [];
      const plans = new Map<string, LoggedPlan>();
      const wildcards = new Map<string, LogReading['wildcards'][number]>();
      const seen: Record<string, number> = {
        ...{ errors: 0, lock_waits: 0, deadlocks: 0, temporary_files: 0, temporary_bytes: 0 },
        ...{ checkpoints: 0, autovacuums: 0, durations: 0 },
      };
      const add = (name: string, amount = 1) => {
        seen[name] = (seen[name] ?? 0) + amount;
      };
      const named = async (text: string | null, entry: LogEntry): Promise<LogStatement | null> => {
        const described = await describeText(text);
        if (described === null) return null;
        if (!statements.has(described.id) && statements.size >= mostStatements) return null;
        statements.set(described.id, described);
        const { id, text: kept } = described;
        // A text of several statements has the query id of one of them.
        const queryId = kept.endsWith('…') ? null : entry.queryId;
        return { id, queryId, database: entry.database, user: entry.user };
      };
      for (const [index, entry] of entries.entries()) {
        if (index % 50 === 49) await breathe();
        const fact = recognise(entry);
        const at = entry.at === null ? options.toAt : toOurs(entry.at);
        const span = spanAt(spans, at);
        if (fact.kind === 'error') {
          add('errors');
          if (fact.sqlstate === '40P01') add('deadlocks');
          const statement = await named(fact.statement, entry);
          if (span) countError(span, statement, fact.sqlstate);
        } else if (fact.kind === 'lock_wait') add('lock_waits');
        else if (fact.kind === 'temporary_file') {
          add('temporary_files');
          add('temporary_bytes', fact.bytes);
        } else if (fact.kind === 'checkpoint') add('checkpoints', fact.started ? 1 : 0);
        else if (fact.kind === 'autovacuum') add('autovacuums');
        const ms = timeOf(fact);
        if (ms === null) continue;
        const statement = await named('statement' in fact ? fact.statement : null, entry);
        if (fact.kind === 'duration' && fact.statement !== null && statement) {
          const leading = leadingWildcard(fact.statement, entry.detail);
          if (leading !== null && wildcards.get(statement.id)?.leading !== true)
            wildcards.set(statement.id, { statement, leading });
        }
        if (fact.kind === 'plan' && statement)
          await keepPlan(plans, statement, fact, at, describeText);
        if (fact.kind !== counted) continue;
        add('durations');
        // Below the threshold only a sample is logged.
        if (statement === null || (threshold !== null && ms < threshold)) continue;
        if (span) countDuration(span, statement, ms);
        if (ms >= shortestKeptMs) {
          executions.push({ ...statement, at, ms, application: entry.application });
          executions.sort((a, b) => b.ms - a.ms);
          executions.splice(mostExecutions);
        }
      }
      return {
        spans: spans.map(({ durations, errors, ...span }) => ({
          ...span,
          durations: [...durations.values()],
          errors: [...errors.values()],
        })),
        statements: [...statements.values()],
        executions,
        plans: [...plans.values()],
        wildcards: [...wildcards.values()],
        summary: { ...seen, threshold_ms: threshold },
      };
    },
  };
}

const timeOf = (fact: LogFact): number | null =>
  fact.kind === 'plan' || (fact.kind === 'duration' && fact.phase === 'execute') ? fact.ms : null;

type OpenSpan = Omit<LogSpan, 'durations' | 'errors'> & {
  durations: Map<string, LogSpan['durations'][number]>;
  errors: Map<string, LogSpan['errors'][number]>;
};

/** The time in minutes, so that what is read late is kept where it happened. */
function spansOf(fromAt: number, toAt: number, thresholdMs: number | null): OpenSpan[] {
  const step = Math.max(spanMs, Math.ceil((toAt - fromAt) / mostSpans / spanMs) * spanMs);
  const spans: OpenSpan[] = [];
  for (let from = fromAt; from < toAt; ) {
    const next = toAt - from <= spanMs ? toAt : Math.min(toAt, Math.floor(from / step + 1) * step);
    spans.push({ fromAt: from, toAt: next, thresholdMs, durations: new Map(), errors: new Map() });
    from = next;
  }
  return spans;
}

/** What was written a little late, or early, belongs to the span next to it. */
const spanAt = (spans: OpenSpan[], at: number): OpenSpan | undefined =>
  spans.find(({ toAt }) => at <= toAt) ?? spans.at(-1);

function countDuration(span: OpenSpan, statement: LogStatement, ms: number) {
  const bucket = bucketOf(ms);
  const key = JSON.stringify([statement, bucket]);
  const found = span.durations.get(key) ?? { statement, bucket, count: 0 };
  found.count += 1;
  span.durations.set(key, found);
}

function countError(span: OpenSpan, statement: LogStatement | null, sqlstate: string) {
  const key = JSON.stringify([statement, sqlstate]);
  const found = span.errors.get(key) ?? { statement, sqlstate, count: 0 };
  found.count += 1;
  span.errors.set(key, found);
}

async function keepPlan(
  plans: Map<string, LoggedPlan>,
  statement: LogStatement,
  fact: Extract<LogFact, { kind: 'plan' }>,
  at: number,
  textOf: (text: string | null) => Promise<DescribedStatement | null>,
) {
  try {
    const { root, execution } =
      fact.format === 'json'
        ? { root: readPostgresPlan(fact.plan), execution: readPostgresExecution(fact.plan) }
        : readExplain(String(fact.plan));
    const shape = createHash('sha256').update(planShape(root)).digest('hex').slice(0, 16);
    const key = `${statement.id} ${shape}`;
    const before = plans.get(key);
    if ((before && before.ms >= fact.ms) || (!before && plans.size >= mostPlans)) return;
    const text = (await textOf(fact.statement))?.text ?? '';
    const findings = planFindings(
      root,
      text,
      {},
      {
        execution: { ...execution, execution_ms: execution.execution_ms ?? fact.ms },
      },
    );
    plans.set(key, { statement, at, ms: fact.ms, shape, root, findings });
  } catch {
    // A plan of a form that is not known is not kept.
  }
}
