/** Average active sessions by everything that tells them apart, from samples of who is active. */

/** A session that has a statement or a transaction open at the moment of a sample. */
export type ActiveSession = {
  pid: number;
  /** With the pid it names one session for ever; null where a pid is not given twice while the server runs. */
  started: string | null;
  /** `active`, or `idle in transaction`: that one is no load, but may block. */
  state: 'active' | 'idle in transaction';
  /** Class of what it waits for; `CPU` when it waits for nothing. */
  wait: string;
  event: string | null;
  user: string | null;
  database: string | null;
  application: string | null;
  /** How the server's statistics name its statement; null when the server does not say. */
  statement: string | null;
  /** Who holds the lock it waits for; 0 is a prepared transaction. */
  blockedBy: readonly number[];
};

/** Who was active at one moment. */
export type LoadSample = {
  sessions: readonly ActiveSession[];
  /** Classes of waits that are told apart: nobody in one of them is zero. Of others nothing is known. */
  waits: readonly string[];
};

/** What load is sliced by. */
export type LoadKey = Pick<
  ActiveSession,
  'state' | 'wait' | 'event' | 'user' | 'database' | 'application' | 'statement'
> & {
  /**
   * The session at the head of the queue it stands in: `checkout@shop, pid 4711 of 2026-11-23T09:15:02Z`, without the time
   * where that is not known, and whether it was idle in a transaction then.
   */
  blocker: string | null;
};

export type LoadReading = {
  fromAt: number;
  toAt: number;
  samples: number;
  /** Classes of waits that were told apart; they are drawn also when nobody waits for them. */
  waits: readonly string[];
  /** How many sessions were seen, summed over the samples. */
  rows: (LoadKey & { sessions: number })[];
};

/** Beyond these, what a poll saw is kept by state and class of wait alone. */
const mostKeys = 200;

/** Samples are a second apart; a later one does not speak for the time between. */
const longestGapMs = 3000;

/** What was summed up since the last taking. */
export type LoadSum = {
  add(sample: LoadSample, at: number): void;
  /** Null when there was no sample. */
  take(): LoadReading | null;
};

/** Pure but for what it remembers. */
export function sumLoad(): LoadSum {
  let samples = 0;
  let fromAt = 0;
  let toAt = Number.NEGATIVE_INFINITY;
  let waits: readonly string[] = [];
  let sums = new Map<string, LoadKey & { sessions: number }>();
  return {
    add({ sessions, waits: told }, at) {
      // A sample stands for the time since the one before it, so that readings follow each other without a gap.
      if (samples === 0) fromAt = at - toAt <= longestGapMs ? toAt : at - 1000;
      samples++;
      toAt = at;
      waits = told;
      const byPid = new Map(sessions.map((one) => [one.pid, one]));
      for (const session of sessions) {
        const key = keyOf(session, byPid);
        const name = JSON.stringify(key);
        const sum = sums.get(name) ?? { ...key, sessions: 0 };
        sum.sessions++;
        sums.set(name, sum);
      }
    },
    take() {
      if (samples === 0) return null;
      const rows = [...sums.values()].sort((a, b) => b.sessions - a.sessions);
      const taken = { fromAt, toAt, samples, waits, rows: bounded(rows) };
      samples = 0;
      sums = new Map();
      return taken;
    },
  };
}

function keyOf(session: ActiveSession, byPid: ReadonlyMap<number, ActiveSession>): LoadKey {
  const { state, wait, event, user, database, application, statement } = session;
  const blocker = headOf(session, byPid);
  return { state, wait, event, user, database, application, statement, blocker };
}

/** Follows the queue to its head. A circle (a deadlock the server is about to end) is left where it began. */
function headOf(session: ActiveSession, byPid: ReadonlyMap<number, ActiveSession>): string | null {
  let head: number | undefined = session.blockedBy[0];
  if (head === undefined) return null;
  const seen = new Set([session.pid]);
  while (!seen.has(head)) {
    seen.add(head);
    const next: number | undefined = byPid.get(head)?.blockedBy[0];
    if (next === undefined) break;
    head = next;
  }
  if (head === 0) return 'prepared transaction';
  const known = byPid.get(head);
  if (known === undefined) return `pid ${head}`;
  const idle = known.state === 'active' ? '' : `, ${known.state}`;
  const since = known.started === null ? '' : ` of ${known.started.slice(0, 19)}Z`;
  return `${known.application || known.user || '?'}@${known.database ?? '?'}, pid ${head}${since}${idle}`;
}

function bounded(rows: LoadReading['rows']): LoadReading['rows'] {
  if (rows.length <= mostKeys) return rows;
  const kept = rows.slice(0, mostKeys);
  const coarse = new Map<string, LoadReading['rows'][number]>();
  for (const { state, wait, sessions } of rows.slice(mostKeys)) {
    const name = `${state} ${wait}`;
    const none = { event: null, user: null, database: null, application: null };
    const sum = coarse.get(name) ?? {
      ...{ state, wait, ...none, statement: null, blocker: null },
      sessions: 0,
    };
    sum.sessions += sessions;
    coarse.set(name, sum);
  }
  return [...kept, ...coarse.values()];
}

/** Average active sessions by class of wait; the sum over all classes is the load. */
export function loadByWait(reading: LoadReading): Map<string, number> {
  const waits = new Map<string, number>(reading.waits.map((wait) => [wait, 0]));
  for (const { state, wait, sessions } of reading.rows)
    if (state === 'active') waits.set(wait, (waits.get(wait) ?? 0) + sessions / reading.samples);
  return waits;
}
