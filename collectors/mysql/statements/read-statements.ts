/** The digest table at every poll: exact growth per schema and digest, texts only of what was never seen. */
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type {
  StatementGrowth,
  StatementsPoll,
  StatementsReader,
} from '@/collectors/run/statements-reader';
import type { Session } from '../session/session';
import { type DigestStatus, readDigestStatus, readDigests } from './digest-table';
import { baseOf, type DigestBase, type Grown, grow, lifeBreak, plus } from './grow';
import { type HistogramMemory, newHistogramMemory, pollHistograms } from './poll-histograms';
import { learn } from './read-texts';

/** What outlives a connection: the base line, and what is already known. */
export type StatementsMemory = {
  base: DigestBase | null;
  status: DigestStatus | null;
  /** When the rows were read: wall clock and monotonic, ms. */
  at: number;
  monotonicMs: number;
  wholeAtMs: number;
  /** Keys whose text the store has. */
  known: Set<string>;
  /** Growth of digests whose text was not read yet. */
  waiting: Map<string, StatementGrowth>;
  textsNotBefore: number;
  histograms: HistogramMemory;
};

export function newStatementsMemory(known: Iterable<string>): StatementsMemory {
  return {
    ...{ base: null, status: null, at: 0, monotonicMs: 0, wholeAtMs: Number.NEGATIVE_INFINITY },
    known: new Set(known),
    waiting: new Map(),
    textsNotBefore: 0,
    histograms: newHistogramMemory(),
  };
}

/** All rows are read this often: for what a clock that was set back hides, and for what is gone. */
const wholeEveryMs = 300_000;
/**
 * For each row, asked for or not, the server adds up its histogram: a full table of 10,000 takes 40 to 80 ms. It is read as
 * seldom as keeps it below this share of the time, and at least each 40 s; nothing is lost by that, counters go on.
 */
const share = 0.0008;
const longestPauseMs = 38_000;

export function createStatementsReader(
  session: Session,
  memory: StatementsMemory,
): StatementsReader {
  let notBefore = Number.NEGATIVE_INFINITY;
  return {
    async read(server, timeoutMs) {
      if (performance.now() < notBefore) return null;
      const status = await readDigestStatus(session, timeoutMs).catch((error) => {
        throw explained(error);
      });
      const { base } = memory;
      const before = { ...memory };
      const whole =
        base === null ||
        lifeBreak(base.life, server) !== null ||
        performance.now() - memory.wholeAtMs > wholeEveryMs;
      const since = whole ? null : (memory.status?.since ?? null);
      const started = performance.now();
      const rows = await readDigests(session, since, timeoutMs).catch((error) => {
        throw explained(error);
      });
      const tookMs = performance.now() - started;
      notBefore = started + Math.min(longestPauseMs, tookMs / share);
      memory.at = Date.now();
      memory.monotonicMs = performance.now();
      memory.status = status;
      if (whole) memory.wholeAtMs = memory.monotonicMs;
      if (base === null) {
        if (rows.length === 0) throw await nothingCounted(session);
        memory.base = baseOf(lifeOf(server), rows);
        return null;
      }
      const grown = grow(base, lifeOf(server), rows, whole);
      // What went is only seen among all rows.
      if (grown.partial === 'reset' && !whole) memory.wholeAtMs = Number.NEGATIVE_INFINITY;
      for (const [key, amounts] of grown.growth) {
        const waiting = memory.waiting.get(key);
        memory.waiting.set(key, waiting === undefined ? amounts : plus(waiting, amounts));
      }
      const unseen = await learn(session, memory, timeoutMs);
      const growth = [...memory.waiting]
        .filter(([key]) => memory.known.has(key))
        .map(([key, amounts]) => ({ key, growth: amounts }));
      for (const { key } of growth) memory.waiting.delete(key);
      const elapsedMs = Math.max(1, memory.monotonicMs - before.monotonicMs);
      const histograms = await pollHistograms(session, memory, base, growth, elapsedMs, timeoutMs);
      const ownMs = between(before.status?.ownMs, status.ownMs);
      const totalMs = sum(grown, 'totalMs');
      return {
        fromAt: before.at,
        toAt: memory.at,
        partial: grown.partial,
        ...{ growth, unseen, hidden: null, evictions: null },
        ...(histograms === null ? {} : { histograms }),
        summary: summarise(memory, before.status, status, grown, elapsedMs),
        ownShare: ownMs === null || totalMs <= 0 ? null : Math.min(1, ownMs / totalMs),
        ownBusy: ownMs === null ? null : ownMs / elapsedMs,
      };
    },
  };
}

const lifeOf = ({ startedAt, systemIdentifier }: ServerIdentity) => ({
  startedAt,
  systemIdentifier,
});

const sum = ({ growth }: Grown, name: keyof StatementGrowth) =>
  [...growth.values()].reduce((total, amounts) => total + (amounts[name] ?? 0), 0);

/** Null when it fell: the server was started anew. */
const between = (before: number | null | undefined, now: number | null) =>
  before == null || now === null || now < before ? null : now - before;

function summarise(
  memory: StatementsMemory,
  before: DigestStatus | null,
  status: DigestStatus,
  grown: Grown,
  elapsedMs: number,
): StatementsPoll['summary'] {
  const calls = sum(grown, 'calls');
  const totalMs = sum(grown, 'totalMs');
  let entries = 0;
  for (const rows of memory.base?.rows.values() ?? []) entries += rows.length;
  const { size } = status;
  return {
    calls,
    total_ms: totalMs,
    mean_ms: calls > 0 ? totalMs / calls : null,
    calls_per_second: (calls * 1000) / elapsedMs,
    load: totalMs / elapsedMs,
    errors: sum(grown, 'errors'),
    warnings: sum(grown, 'warnings'),
    distinct_statements: grown.growth.size,
    entries,
    max_entries: size,
    full_ratio: size === null || size <= 0 ? null : entries / size,
    lost: between(before?.lost, status.lost),
  };
}

/** @returns why a digest table that answers has no row at all */
async function nothingCounted(session: Session): Promise<Failure> {
  const { rows } = await session.query(
    `select @@global.performance_schema,
      (select min(enabled = 'YES') from performance_schema.setup_consumers
       where name in ('global_instrumentation', 'statements_digest'))`,
    { doing: 'look why no statement is counted', timeoutMs: 3_000 },
  );
  const [schema, consumers] = rows[0] ?? [];
  if (schema === '0')
    return new Failure(
      'object_missing',
      'performance_schema is off: no statement is counted',
      '-- in the option file, under [mysqld], then a restart:\nperformance_schema = ON',
    );
  if (consumers === '0')
    return new Failure(
      'object_missing',
      'the consumer statements_digest is off: no statement is counted',
      `UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME IN ('global_instrumentation', 'statements_digest');`,
    );
  return new Failure('not_understood', 'the digest table is empty');
}

function explained(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'permission_denied') return error;
  return new Failure(
    'permission_denied',
    error.message,
    'GRANT SELECT ON performance_schema.* TO the login that watches;',
  );
}
