/** pg_stat_statements at every poll: exact growth per entry, texts only of what was never seen. */
import { Failure } from '@/collectors/run/failure';
import type {
  SeenStatement,
  StatementGrowth,
  StatementsPoll,
  StatementsReader,
} from '@/collectors/run/statements-reader';
import type { Session } from '../session/session';
import { type Comparison, compare } from './compare';
import { preloadFix, probe, type StatementsSource } from './probe';
import { keyParts, type Names, readNames, readTexts, seen } from './read-texts';
import {
  newResponseMemory,
  type ResponseMemory,
  readResponseHistograms,
} from './response-histograms';
import { readSnapshot, type Snapshot } from './snapshot';

/** What outlives a connection: the base line, and what is already known. */
export type StatementsMemory = {
  previous: Snapshot | null;
  /** Keys whose text the store has. */
  known: Set<string>;
  names: Names | null;
  /** Keys that go on under their queryid because the text could not be read; tried again later. */
  unread: Set<string>;
  /** Growth of entries whose text was not read yet. */
  waiting: Map<string, StatementGrowth>;
  textsNotBefore: number;
  responses: ResponseMemory;
};

export function newStatementsMemory(known: Iterable<string>): StatementsMemory {
  return {
    previous: null,
    known: new Set(known),
    names: null,
    unread: new Set(),
    waiting: new Map(),
    textsNotBefore: 0,
    responses: newResponseMemory(),
  };
}

/** Most texts of one poll; the rest follows at the next. */
const maxTexts = 1_000;
/** Reading texts may take this share of the time at most. */
const textShare = 0.005;

export function createStatementsReader(
  session: Session,
  memory: StatementsMemory,
): StatementsReader {
  let source: StatementsSource | null = null;
  return {
    async read(server, timeoutMs) {
      try {
        source ??= await probe(session);
        const current = await readSnapshot(session, source, server, timeoutMs);
        const { previous } = memory;
        memory.previous = current;
        if (previous === null) return null;
        const compared = compare(previous, current);
        for (const [key, growth] of compared.growth)
          memory.waiting.set(key, plus(memory.waiting.get(key), growth));
        const unseen = await learn(session, source, memory, timeoutMs);
        const growth = [...memory.waiting]
          .filter(([key]) => memory.known.has(key) || memory.unread.has(key))
          .map(([key, grown]) => ({ key, growth: grown }));
        for (const { key } of growth) memory.waiting.delete(key);
        const histograms = await readResponseHistograms(
          session,
          memory.responses,
          (key) => memory.known.has(key) || memory.unread.has(key),
          timeoutMs,
        );
        return {
          fromAt: previous.at,
          toAt: current.at,
          partial: compared.partial,
          growth,
          unseen,
          hidden: compared.hidden,
          evictions: compared.evictions,
          ...(histograms === null ? {} : { histograms }),
          summary: summarise(source, previous, current, compared),
          ...own(source.ownUserid, previous, current, compared),
        };
      } catch (error) {
        // Whatever it was, columns and place are looked at again: the extension may have been altered or moved.
        source = null;
        throw explained(error);
      }
    },
  };
}

/** Reads the texts of what grew and is not known, as often as their cost allows. */
async function learn(
  session: Session,
  source: StatementsSource,
  memory: StatementsMemory,
  timeoutMs: number,
): Promise<SeenStatement[]> {
  const unknown = [...memory.waiting.keys()].filter((key) => !memory.known.has(key));
  if (unknown.length === 0 || performance.now() < memory.textsNotBefore) return [];
  const wanted = unknown
    .sort((a, b) => (memory.waiting.get(b)?.totalMs ?? 0) - (memory.waiting.get(a)?.totalMs ?? 0))
    .slice(0, maxTexts);
  const names = await namesFor(session, memory, wanted);
  const started = performance.now();
  let texts: Map<string, string | null> | null = null;
  try {
    texts = await readTexts(session, source, wanted, timeoutMs);
    memory.textsNotBefore = performance.now() + (performance.now() - started) / textShare;
  } catch (error) {
    if (!(error instanceof Failure) || error.fatal) throw error;
    // Huge texts may not be readable in time; the numbers are, and they go on.
    memory.textsNotBefore = performance.now() + 300_000;
  }
  const learnt: SeenStatement[] = [];
  for (const key of wanted) {
    if (texts === null && memory.unread.has(key)) continue;
    learnt.push(await seen(key, texts?.get(key) ?? null, names));
    (texts === null ? memory.unread : memory.known).add(key);
  }
  return learnt;
}

async function namesFor(
  session: Session,
  memory: StatementsMemory,
  keys: readonly string[],
): Promise<Names> {
  const { names } = memory;
  const strange = keys.some((key) => {
    const { userid, dbid } = keyParts(key);
    return names === null || !names.users.has(userid) || !names.databases.has(dbid);
  });
  if (names !== null && !strange) return names;
  memory.names = await readNames(session);
  return memory.names;
}

function plus(a: StatementGrowth | undefined, b: StatementGrowth): StatementGrowth {
  if (a === undefined) return b;
  const sum = { ...b };
  for (const name of Object.keys(b) as (keyof StatementGrowth)[]) {
    const x = a[name] ?? null;
    const y = b[name] ?? null;
    Object.assign(sum, { [name]: x === null || y === null ? null : x + y });
  }
  return sum;
}

function summarise(
  source: StatementsSource,
  previous: Snapshot,
  current: Snapshot,
  compared: Comparison,
): StatementsPoll['summary'] {
  const entries = current.places.size + current.hidden.entries;
  const mean = compared.calls > 0 ? compared.totalMs / compared.calls : null;
  const elapsedMs = Math.max(1, current.monotonicMs - previous.monotonicMs);
  return {
    calls: compared.calls,
    total_ms: compared.totalMs,
    mean_ms: mean,
    calls_per_second: (compared.calls * 1000) / elapsedMs,
    load: compared.totalMs / elapsedMs,
    distinct_statements: compared.growth.size,
    entries,
    max_entries: source.max,
    full_ratio: source.max === null ? null : entries / source.max,
    evictions: compared.evictions,
    hidden_calls: compared.hidden?.calls ?? null,
  };
}

/** What our own login cost: known from the same entries as everybody's. */
function own(
  ownUserid: string | null,
  previous: Snapshot,
  current: Snapshot,
  compared: Comparison,
): Pick<StatementsPoll, 'ownShare' | 'ownBusy'> {
  if (ownUserid === null) return { ownShare: null, ownBusy: null };
  let ownMs = 0;
  for (const [key, { totalMs }] of compared.growth)
    if (keyParts(key).userid === ownUserid) ownMs += totalMs;
  return {
    ownShare: compared.totalMs > 0 ? ownMs / compared.totalMs : null,
    ownBusy: ownMs / Math.max(1, current.monotonicMs - previous.monotonicMs),
  };
}

function explained(error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  if (/must be loaded via .*shared_preload_libraries/.test(error.message))
    return new Failure('extension_not_loaded', error.message, preloadFix(''));
  return error;
}
