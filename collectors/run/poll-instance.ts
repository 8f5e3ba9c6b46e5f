/** One poll of one instance: who answers, every metric that is due, each on its own, and what it all cost. */
import { type LoadSum, sumLoad } from '@/lib/activity/sum-load';
import { type CounterReading, identityBreak } from '@/lib/metric/counters';
import type { Metric, Need } from '@/lib/metric/define-metric';
import { typedRows } from '@/lib/metric/row';
import type { ReplicationFacts } from '@/lib/replication/facts';
import { remember } from '@/lib/replication/remember';
import type {
  CheckedNeed,
  EngineCollector,
  EngineSession,
  ServerIdentity,
  Target,
  Watch,
} from './engine';
import { Failure } from './failure';
import type { Heartbeat } from './heartbeat';
import {
  asFailure,
  fromRecord,
  loadReading,
  sameLifeTimeline,
  summaryReadings,
  toReading,
} from './make-reading';
import { emptyPoll, type MetricHealth, type Poll, type Poller } from './poll';
import { eventsBetween, resetEvents } from './seen-events';

type MetricState = {
  lastAt: number;
  previous: CounterReading | null;
  failures: number;
  notBeforeMs: number;
};

const needsEveryMs = 30_000;
const sampleEveryMs = 1000;

/** MySQL's and MariaDB's tables are there and empty when what fills them is off: that would be read as nothing going on. */
const isBlindWithout = (need: Need) =>
  'privilege' in need || 'consumer' in need || 'instrument' in need || 'variable' in need;
const heartbeatNeed = JSON.stringify({ heartbeat: 'table' } satisfies Need);
const mostOwnConnections = 3;
/** The server is known not to answer; with any other failure its state is not known. */
const downCodes = new Set([
  'unreachable',
  'unknown_host',
  'connect_timeout',
  'starting',
  'shut_down',
  'connection_lost',
  'timeout',
]);

export function createPoller(options: {
  engine: EngineCollector;
  watch: Watch;
  target: () => Promise<Target>;
  applicationName: string;
  deadlineMs: number;
  /** Of the watched host; null when nobody knows. */
  cores: number | null;
  /** Absent: no beat is written or read. */
  heartbeat?: Heartbeat;
}): Poller {
  const { engine, watch, heartbeat } = options;
  const states = new Map<string, MetricState>();
  const stateOf = (metric: Metric): MetricState => {
    let state = states.get(metric.id);
    if (state === undefined) {
      state = { lastAt: -1, previous: null, failures: 0, notBeforeMs: 0 };
      states.set(metric.id, state);
    }
    return state;
  };
  const load: LoadSum = sumLoad();
  let session: EngineSession | null = null;
  /** Why the last attempt to connect failed. */
  let refused: Failure | null = null;
  let server: ServerIdentity | null = null;
  let needs = new Map<string, CheckedNeed>();
  let needsAtMs = Number.NEGATIVE_INFINITY;
  let bytesBefore = 0;
  let seen: ReplicationFacts | null = null;
  let ownBusy: number | null = null;
  let ownShare: number | null = null;

  const drop = async () => {
    const old = session;
    session = null;
    bytesBefore = 0;
    await old?.close().catch(() => undefined);
  };

  /** A connection that was lost while nobody looked is replaced once; a second failure is the server's. */
  const identified = async (
    mayConnect: boolean,
  ): Promise<{ identity: ServerIdentity; skewMs: number }> => {
    for (let attempt = 0; ; attempt++) {
      const reused = session?.alive === true;
      if (!reused) {
        await drop();
        // Until its time to try again comes, the reason is the one it failed with.
        if (!mayConnect && refused !== null) throw refused;
        try {
          session = await watch.connect(await options.target(), options.applicationName);
          refused = null;
        } catch (error) {
          refused = asFailure(error);
          throw refused;
        }
        needsAtMs = Number.NEGATIVE_INFINITY;
      }
      const current = session as EngineSession;
      try {
        const before = Date.now();
        const identity = await current.identify();
        const skewMs = identity.clockMs - (before + Date.now()) / 2;
        if (identity.ownConnections !== null && identity.ownConnections > mostOwnConnections)
          throw new Failure(
            'too_many_own_connections',
            `${identity.ownConnections} connections of this login are already watching`,
            null,
            true,
          );
        return { identity, skewMs };
      } catch (error) {
        await drop();
        if (!reused || attempt > 0 || !(error instanceof Failure) || !error.fatal) throw error;
      }
    }
  };

  const refreshNeeds = async () => {
    if (performance.now() - needsAtMs < needsEveryMs) return;
    const all = new Map(engine.metrics.flatMap((m) => m.needs.map((n) => [JSON.stringify(n), n])));
    const checked = await (session as EngineSession).checkNeeds([...all.values()]);
    needs = new Map(checked.map((need) => [JSON.stringify(need.need), need]));
    needsAtMs = performance.now();
  };
  const beats = () => needs.get(heartbeatNeed)?.ok === true;
  /** Between everything else, so that a long poll leaves out no beat. */
  const pulse = async () => {
    if (!heartbeat || !beats() || session?.alive !== true || server === null) return;
    try {
      await heartbeat.pulse(session, server);
    } catch (error) {
      if (asFailure(error).fatal) await drop();
    }
  };
  const missingOf = (metric: Metric): CheckedNeed[] =>
    metric.needs.flatMap((need) => {
      const checked = needs.get(JSON.stringify(need));
      return checked?.ok === false ? [checked] : [];
    });

  return {
    async poll(context) {
      const started = performance.now();
      const remaining = () => options.deadlineMs - (performance.now() - started);
      const before = server;
      const result = emptyPoll(context.at);
      let failed = 0;
      try {
        const { identity, skewMs } = await identified(context.mayConnect);
        server = sameLifeTimeline(before, identity);
        result.server = server;
        result.clockSkewMs = skewMs;
        result.events.push(...eventsBetween(before, server));
        if (before !== null && identityBreak(before, server) === 'failover')
          needsAtMs = Number.NEGATIVE_INFINITY;
        await refreshNeeds();
      } catch (error) {
        const failure = asFailure(error);
        if (failure.fatal || failure.code === 'timeout') await drop();
        result.state = downCodes.has(failure.code) ? 'down' : 'unknown';
        result.reason = failure;
      }

      await pulse();
      if (result.state === 'up' && server !== null)
        result.replication = await readReplication(server, result.clockSkewMs, remaining());

      if (result.state === 'up' && server !== null)
        for (const metric of engine.metrics) {
          if (metric.origin === 'watching' || metric.origin === 'verdict') continue;
          const state = stateOf(metric);
          const at = Math.floor(context.at / metric.everyMs) * metric.everyMs;
          if (at <= state.lastAt || performance.now() < state.notBeforeMs) continue;
          await pulse();
          const health = await readOne(metric, state, at, server, result, remaining);
          if (health === null) continue;
          result.health.push(health);
          if (!health.ok && health.error !== null) failed++;
        }

      if (result.state === 'up' && server !== null)
        result.sessions = await readSessions(server, remaining());

      const watchingMetric = engine.metrics.find((metric) => metric.origin === 'watching');
      if (watchingMetric !== undefined) {
        const state = stateOf(watchingMetric);
        if (context.at > state.lastAt) {
          state.lastAt = context.at;
          const received = session === null ? null : session.bytesRead - bytesBefore;
          bytesBefore = session?.bytesRead ?? 0;
          const up = result.state === 'up';
          result.readings.push(
            fromRecord(watchingMetric, context.at, {
              success: up ? 1 : 0,
              duration_ms: performance.now() - started,
              start_delay_ms: context.startDelayMs,
              failed_metrics: up ? failed : null,
              skipped_polls: context.skipped,
              received_bytes: received,
              own_connections: up ? (server?.ownConnections ?? null) : null,
              own_query_share: up ? ownShare : null,
              own_busy_ratio: up ? ownBusy : null,
              clock_skew_ms: result.clockSkewMs,
              lost_readings: context.lostReadings,
            }),
          );
        }
      }
      result.cost = {
        connections: result.server?.ownConnections ?? null,
        busyRatio: ownBusy,
        queryShare: ownShare,
      };
      return result;
    },
    async sample() {
      await pulse();
      for (const metric of engine.metrics)
        if (metric.origin === 'sampled') await sampleOne(metric).catch(() => undefined);
    },
    look: async () =>
      session?.alive === true && server !== null ? readSessions(server, 1500) : null,
    nextSample: (now) => heartbeat?.nextAt(now) ?? now + sampleEveryMs,
    close: drop,
  };

  async function sampleOne(metric: Metric): Promise<void> {
    if (session?.alive !== true || server === null || missingOf(metric).length > 0) return;
    if (metric.on !== 'any' && metric.on !== server.role) return;
    try {
      load.add(await session.sampleLoad(metric, server, 800), Date.now());
    } catch (error) {
      if (asFailure(error).fatal) await drop();
    }
  }

  async function readReplication(
    identity: ServerIdentity,
    skewMs: number | null,
    leftMs: number,
  ): Promise<Poll['replication']> {
    try {
      if (session?.alive !== true)
        throw new Failure('connection_lost', 'read the replication', null, true);
      const before = Date.now();
      const facts = await session.readReplication(identity, Math.min(2000, leftMs - 100));
      const at = Math.round((before + Date.now()) / 2);
      const own = heartbeat && beats() ? heartbeat.facts() : null;
      seen = remember(seen, { ...facts, at, skewMs, heartbeat: own });
      return { facts: seen };
    } catch (error) {
      const failure = asFailure(error);
      if (failure.fatal) await drop();
      return { error: failure };
    }
  }

  async function readSessions(identity: ServerIdentity, leftMs: number): Promise<Poll['sessions']> {
    try {
      if (leftMs < 200) throw new Failure('timeout', 'no time was left in this poll');
      if (session?.alive !== true)
        throw new Failure('connection_lost', 'read the sessions', null, true);
      const rows = await session.readSessions(identity, Math.min(2000, leftMs - 100));
      return { at: Date.now(), rows };
    } catch (error) {
      const failure = asFailure(error);
      if (failure.fatal) await drop();
      return { error: failure };
    }
  }

  /** Null when the metric does not apply to the role of the server and has nothing to say. */
  async function readOne(
    metric: Metric,
    state: MetricState,
    at: number,
    identity: ServerIdentity,
    result: Poll,
    remaining: () => number,
  ): Promise<MetricHealth | null> {
    const missing = missingOf(metric);
    const started = performance.now();
    const health = (ok: boolean, error: Failure | null): MetricHealth => ({
      metric: metric.id,
      at: Date.now(),
      ok,
      durationMs: performance.now() - started,
      error,
      missing,
    });
    if (metric.on !== 'any' && metric.on !== identity.role) {
      state.previous = null;
      return null;
    }
    try {
      if (remaining() < 200)
        throw new Failure('timeout', `${metric.id}: no time was left in this poll`);
      // Optional: without the right there is nothing to read, which is no failure.
      if ((metric.origin === 'log' || metric.origin === 'heartbeat') && missing.length > 0)
        return health(false, null);
      // Views answer a login without rights too, with empty columns: that would be drawn as zero.
      const needed = missing.find(({ need }) => 'role' in need);
      if (needed !== undefined && metric.origin !== 'statements')
        throw new Failure('permission_denied', `needs ${needed.text}`, needed.fixSql);
      const blind = missing.find(({ need }) => isBlindWithout(need));
      if (blind !== undefined)
        throw new Failure(
          'privilege' in blind.need ? 'permission_denied' : 'switched_off',
          `needs ${blind.text}`,
          blind.fixSql,
        );
      if (session?.alive !== true) throw new Failure('connection_lost', metric.id, null, true);
      const timeoutMs = Math.max(100, Math.min(metric.timeoutMs, remaining() - 100));
      if (metric.origin === 'statements') {
        const poll = (await session.statements?.read(identity, timeoutMs)) ?? null;
        if (poll !== null) {
          result.statements = poll;
          ownBusy = poll.ownBusy;
          ownShare = poll.ownShare;
          result.readings.push(...summaryReadings(metric, at, poll));
          result.events.push(...resetEvents(poll.partial));
        }
      } else if (metric.origin === 'log') {
        const skewMs = result.clockSkewMs ?? 0;
        result.log = (await session.log?.read(identity, skewMs, timeoutMs)) ?? null;
        if (result.log) result.readings.push(fromRecord(metric, at, result.log.summary));
      } else if (metric.origin === 'heartbeat') {
        if (heartbeat) result.readings.push(fromRecord(metric, at, heartbeat.take()));
      } else if (metric.origin === 'sampled') {
        load.add(await session.sampleLoad(metric, identity, timeoutMs), Date.now());
        result.load = load.take();
        if (result.load) result.readings.push(loadReading(metric, at, result.load, options.cores));
      } else {
        const rows = typedRows(metric, await session.read(metric, identity, timeoutMs));
        result.readings.push(toReading(metric, at, rows, state, identity));
      }
      state.lastAt = at;
      state.failures = 0;
      return health(true, null);
    } catch (error) {
      const failure = asFailure(error);
      state.failures++;
      // What fails again and again is asked less often: it costs the server too.
      if (state.failures > 2)
        state.notBeforeMs =
          performance.now() + Math.min(60_000, metric.everyMs * 2 ** (state.failures - 2)) - 500;
      if (failure.fatal) await drop();
      return health(false, failure);
    }
  }
}
