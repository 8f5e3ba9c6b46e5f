/** The beat of one instance: written each second where it takes writes, read each second where it does not. */
import {
  type BeatReader,
  type BeatSummary,
  createBeatReader,
  type HeartbeatFacts,
  nextBeatAt,
  stalenessColumns,
} from '@/lib/replication/heartbeat';
import type { EngineSession, ServerIdentity } from './engine';
import { Failure } from './failure';

/** When the pollers of this process wrote for a server last, by the shared clock. */
export type BeatBoard = Map<string, number>;

export type Heartbeat = {
  /** Local time of the next beat or look. */
  nextAt(now: number): number;
  /** Writes or reads when it is time. @throws Failure of a lost connection */
  pulse(session: EngineSession, server: ServerIdentity): Promise<void>;
  /** The interval since it was last asked, as a row of the metric. */
  take(): Record<string, number | null>;
  facts(): HeartbeatFacts;
};

const timeoutMs = 700;
/** A server that was written this lately goes on being written. */
const writingMs = 2_500;
/** What does not work is tried again after this long: the needs are checked anew by then. */
const restMs = 30_000;

export function createHeartbeat(options: {
  /** Milliseconds to add to this process's clock: all collectors go by the store's. */
  offsetMs(): number;
  phaseMs: number;
  board: BeatBoard;
  /** Whether no other member of its cluster takes writes too: a beat there would be a write that the others never get. */
  mayWrite(): boolean;
}): Heartbeat {
  const reader: BeatReader = createBeatReader();
  const now = () => Date.now() + options.offsetMs();
  let role: 'primary' | 'replica' = 'replica';
  let dueAt = 0;
  let own: { server: string; at: number } | null = null;
  let writes: number[] = [];

  const write = async (session: EngineSession, server: string) => {
    const at = now();
    const began = performance.now();
    if (!(await session.heartbeat.write(server, at, timeoutMs))) {
      own = null;
      return;
    }
    writes.push(performance.now() - began);
    own = { server, at };
    options.board.set(server, at);
  };
  const read = async (session: EngineSession) => {
    own = null;
    const before = now();
    const beats = await session.heartbeat.read(timeoutMs);
    const readAt = (before + now()) / 2;
    reader.add(beats, readAt, (server) => {
      const last = options.board.get(server);
      return last === undefined ? null : readAt - last < writingMs;
    });
  };

  return {
    nextAt: (local) => local + (nextBeatAt(now(), options.phaseMs, role) - now()),
    async pulse(session, server) {
      if (server.role !== role) {
        role = server.role;
        reader.forget();
        own = null;
      }
      if (now() < dueAt || server.systemIdentifier === null) return;
      dueAt = nextBeatAt(now(), options.phaseMs, role);
      try {
        if (role === 'replica') await read(session);
        else if (options.mayWrite()) await write(session, server.systemIdentifier);
        else own = null;
      } catch (error) {
        // A lock that somebody holds for a moment, or a conflict with recovery, is over soon.
        const soon =
          error instanceof Failure &&
          ['lock_timeout', 'recovery_conflict', 'timeout'].includes(error.code);
        if (!soon) dueAt = now() + restMs;
        if (!(error instanceof Failure) || error.fatal) throw error;
      }
    },
    take() {
      const sorted = writes.sort((a, b) => a - b);
      writes = [];
      return {
        beats: role === 'primary' ? sorted.length : null,
        write_ms: sorted[Math.floor((sorted.length - 1) / 2)] ?? null,
        ...recordOf(role === 'replica' ? reader.take() : null),
      };
    },
    facts() {
      // Facts are told by the clock of their own collector.
      const local = (at: number) => at - options.offsetMs();
      return {
        server: own?.server ?? null,
        writtenAt: own ? local(own.at) : null,
        seen: (role === 'replica' ? reader.seen() : []).map((one) => ({
          ...one,
          at: local(one.at),
          readAt: local(one.readAt),
        })),
      };
    },
  };
}

function recordOf(summary: BeatSummary | null): Record<string, number | null> {
  return {
    samples: summary?.samples ?? null,
    lag_min_ms: summary?.lagMinMs ?? null,
    lag_ms: summary?.lagMs ?? null,
    lag_max_ms: summary?.lagMaxMs ?? null,
    ...Object.fromEntries(stalenessColumns.map((name, n) => [name, summary?.classes[n] ?? null])),
  };
}
