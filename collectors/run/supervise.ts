/** Which instances this collector polls: those whose lease it holds, as they are configured now. */
import { cpus } from 'node:os';
import type { Pool } from 'pg';
import { readWatchedInstances, type WatchedInstance } from '@/collectors/store/watched-instances';
import { beatEveryMs } from '@/lib/replication/heartbeat';
import { loadLogPosition } from '@/lib/storage/append-log';
import { loadStatementKeys } from '@/lib/storage/append-statements';
import { holdLeases, leaseMs, renewMs } from '@/lib/storage/lease';
import type { BeginBeside, Beside } from './beside';
import type { Delivery, Source } from './deliver';
import type { EngineCollector, Target } from './engine';
import { type BeatBoard, createHeartbeat } from './heartbeat';
import type { LogMemory } from './log-reading';
import { createPoller } from './poll-instance';
import { sharedClock } from './shared-clock';
import { phaseMs, type WatchedLoop, watchInstance } from './watch-instance';

type Running = { loop: WatchedLoop; besides: Beside[]; source: Source; revision: string };

export type Supervision = {
  /** Looks at the configuration again now. */
  reconcile(): void;
  /** Another collector holds the lease: stop at once. */
  fenced(lease: { instanceId: number; fence: bigint }): void;
  /** Begins with an instance anew: what was learned about it is no longer what the store has. */
  restart(instanceId: number): void;
  readonly watched: number;
  stop(): Promise<void>;
};

/** Our own host's, when the instance runs on it; else what people wrote. Null is not known. */
function coresOf({ host, labels }: WatchedInstance): number | null {
  const told = Number(labels.cores ?? '');
  if (Number.isInteger(told) && told > 0 && told <= 4096) return told;
  return /^(localhost|127\.\d+\.\d+\.\d+|::1|\/.*)$/.test(host) ? cpus().length : null;
}

const reconcileMs = 1_000;
/** After the store was away, others' leases look expired although their owners live: they may renew first. */
const graceMs = 10_000;

export function supervise(options: {
  db: Pool;
  collectorId: string;
  engines: Record<string, EngineCollector>;
  delivery: Delivery;
  targetOf(instance: WatchedInstance): Promise<Target>;
  /** What else is done for an instance while its lease is held. */
  besides?: BeginBeside[];
  log(message: string): void;
}): Supervision {
  const { db, collectorId, delivery } = options;
  const running = new Map<number, Running>();
  let fences = new Map<number, bigint>();
  let known = new Set<number>();
  let watchedLive = new Set<number>();
  let notAlone = new Set<number>();
  const clock = sharedClock(db);
  const board: BeatBoard = new Map();
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  let awaySinceMs: number | null = null;
  let graceUntilMs = 0;
  let stopped = false;
  let wake: () => void = () => undefined;
  let again = false;

  const halt = async (id: number) => {
    const found = running.get(id);
    running.delete(id);
    await Promise.all([found?.loop, ...(found?.besides ?? [])].map((one) => one?.stop()));
  };

  const begin = async (instance: WatchedInstance, fence: bigint) => {
    const engine = options.engines[instance.engine];
    if (engine === undefined) return;
    const keyIds = await loadStatementKeys(db, instance.id);
    const log: LogMemory = { position: await loadLogPosition(db, instance.id), unsettled: null };
    const source: Source = {
      instanceId: instance.id,
      clusterId: instance.clusterId,
      fence,
    };
    delivery.begin(instance.id, keyIds);
    const tickMs = Math.min(...engine.metrics.map(({ everyMs }) => everyMs));
    const poller = createPoller({
      engine,
      watch: engine.watch(keyIds.keys(), log),
      target: () => options.targetOf(instance),
      applicationName: `yagura/${collectorId}`,
      deadlineMs: Math.min(tickMs, 10_000) - 200,
      cores: coresOf(instance),
      heartbeat: createHeartbeat({
        offsetMs: clock.offsetMs,
        phaseMs: phaseMs(instance.clusterId, 0, beatEveryMs),
        board,
        mayWrite: () => !notAlone.has(instance.id),
      }),
    });
    running.set(instance.id, {
      source,
      revision: instance.revision,
      besides: (options.besides ?? []).map((begin) => begin(instance, source)),
      loop: watchInstance({
        poller,
        tickMs,
        phaseMs: phaseMs(instance.clusterId, instance.id, tickMs),
        lostReadings: () => delivery.takeLost(instance.id),
        deliver: (poll) => {
          delivery.deliver(source, poll);
          void delivery.deliverLog(source, log);
        },
        watchedLive: () => watchedLive.has(instance.id),
        deliverSessions: (sessions) => delivery.deliverSessions(source, sessions),
        onError: (error) =>
          options.log(`instance ${instance.id}: ${(error as Error).stack ?? String(error)}`),
      }),
    });
  };

  const reconcile = async () => {
    const instances = await readWatchedInstances(db);
    await clock.measure();
    const now = performance.now();
    if (awaySinceMs !== null && now - awaySinceMs > leaseMs - renewMs) graceUntilMs = now + graceMs;
    awaySinceMs = null;
    const ids = instances.map(({ id }) => id);
    notAlone = new Set(instances.filter((one) => one.otherPrimary).map(({ id }) => id));
    watchedLive = new Set(instances.filter((one) => one.watchedLive).map(({ id }) => id));
    const added = ids.some((id) => !known.has(id));
    known = new Set(ids);
    if (added || now - renewedAtMs >= renewMs) {
      const held = await holdLeases(db, collectorId, now < graceUntilMs);
      fences = new Map(held.map(({ instanceId, fence }) => [instanceId, fence]));
      renewedAtMs = now;
    }
    const wanted = new Map(
      instances.filter(({ id }) => fences.has(id)).map((one) => [one.id, one]),
    );
    await Promise.all(
      [...running].map(async ([id, { source, revision }]) => {
        const instance = wanted.get(id);
        if (instance?.revision !== revision || source.fence !== fences.get(id)) await halt(id);
      }),
    );
    for (const instance of wanted.values()) {
      const fence = fences.get(instance.id);
      if (stopped || running.has(instance.id) || fence === undefined) continue;
      await begin(instance, fence);
    }
  };

  const run = async () => {
    while (!stopped) {
      try {
        again = false;
        await reconcile();
      } catch (error) {
        awaySinceMs ??= performance.now();
        options.log(`configuration: ${(error as Error).message}`);
      }
      if (again || stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, reconcileMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const finished = run();

  return {
    reconcile() {
      again = true;
      wake();
    },
    fenced({ instanceId, fence }) {
      if (fences.get(instanceId) === fence) fences.delete(instanceId);
      if (running.get(instanceId)?.source.fence === fence) void halt(instanceId);
    },
    restart(instanceId) {
      void halt(instanceId);
    },
    get watched() {
      return running.size;
    },
    async stop() {
      stopped = true;
      wake();
      await Promise.all([...running.keys()].map(halt));
      await finished.catch(() => undefined);
      await Promise.all([...running.keys()].map(halt));
    },
  };
}
