/** From polls to the store: parcels into the outbox, the newest status of each instance beside it. */
import type { Pool } from 'pg';
import { appendEvent } from '@/collectors/store/append-event';
import { writeActivity } from '@/collectors/store/write-activity';
import { writeReplication } from '@/collectors/store/write-replication';
import { writeStatus } from '@/collectors/store/write-status';
import { appendLoad, type RunningStatements } from '@/lib/storage/append-load';
import { appendLog, loadLogPosition } from '@/lib/storage/append-log';
import { appendReadings, type LeaseFence, type SeriesReading } from '@/lib/storage/append-readings';
import {
  appendStatements,
  loadStatementKeys,
  registerStatements,
  type StatementDelta,
} from '@/lib/storage/append-statements';
import { isOutage } from './is-outage';
import type { LogMemory, LogReading } from './log-reading';
import { createOutbox, type Outbox, type Sent } from './outbox';
import { type Content, sizeOf } from './parcel-content';
import type { Poll } from './poll';
import type { SeenEvent } from './seen-events';
import { openSpool, type Parcel } from './spool';

export type Source = {
  instanceId: number;
  clusterId: number;
  fence: bigint;
};

export type Delivery = {
  /** Polling of an instance begins. @param known its statement keys in the store, by name */
  begin(instanceId: number, known: Map<string, number>): void;
  deliver(source: Source, poll: Poll): void;
  /** Readings of something else than the server itself, e.g. of its machine. */
  deliverReadings(lease: LeaseFence, readings: SeriesReading[]): void;
  /** Only the newest matter: what cannot be written now is not kept. */
  deliverSessions(source: Source, sessions: NonNullable<Poll['sessions']>): void;
  /**
   * What was read of a log goes straight to the store: while that is away, the log itself keeps what follows. The reading
   * is given again at the next poll until it is in.
   */
  deliverLog(source: Source, log: LogMemory): Promise<void>;
  takeLost(instanceId: number): number;
  readonly outbox: Outbox<unknown>;
  close(withinMs: number): Promise<void>;
};

const ringBytes = 32 * 1024 * 1024;
const spoolBytes = 512 * 1024 * 1024;

/**
 * @param onFenced another collector polls the instance now
 * @param onUnknownStatements the text of some statements never reached the store: they have to be read again
 */
export function createDelivery(
  db: Pool,
  options: {
    /** Null keeps what the store does not take in memory alone. */
    spoolFolder: string | null;
    log(message: string): void;
    onFenced(lease: LeaseFence): void;
    onUnknownStatements(instanceId: number): void;
    ringBytes?: number;
    spoolBytes?: number;
  },
): Delivery {
  const keyIds = new Map<number, Map<string, number>>();
  const spool =
    options.spoolFolder === null
      ? null
      : openSpool<Content>({
          folder: options.spoolFolder,
          limitBytes: options.spoolBytes ?? spoolBytes,
          onLost: (instanceId) => {
            if (instanceId !== null) outbox.lose(instanceId);
          },
          log: options.log,
        });
  const outbox: Outbox<Content> = createOutbox<Content>({
    limitBytes: options.ringBytes ?? ringBytes,
    spool,
    send: (parcels, late) => send({ db, keyIds, late, ...options }, parcels),
    isOutage,
    onNeverLater: ({ instanceId }) => options.onUnknownStatements(instanceId),
    onError(error, dropped) {
      const what =
        dropped === null
          ? 'store away'
          : `dropped ${dropped.content.kind} of instance ${dropped.instanceId}`;
      options.log(`${what}: ${(error as Error).message}`);
    },
  });
  const newest = new Map<number, { source: Source; poll: Poll; at: Date }>();
  let writing = false;
  const writingLogs = new Set<number>();

  // Only the last status matters: while the store is slow, those in between are skipped.
  const writeNewest = async () => {
    if (writing) return;
    writing = true;
    try {
      for (let next = newest.entries().next(); !next.done; next = newest.entries().next()) {
        const [id, { source, poll, at }] = next.value;
        newest.delete(id);
        const lease = { instanceId: source.instanceId, fence: source.fence };
        try {
          if (!(await writeStatus(db, lease, poll, at))) options.onFenced(lease);
          await writeActivity(db, lease, poll);
          await writeReplication(db, lease, poll);
        } catch (error) {
          if (!isOutage(error))
            options.log(`status of instance ${id}: ${(error as Error).message}`);
        }
      }
    } finally {
      writing = false;
    }
  };

  let lastState = new Map<number, string>();
  return {
    deliver(source, poll) {
      const { instanceId } = source;
      const at = new Date();
      const lease = { instanceId, fence: source.fence };
      const push = (content: Content) =>
        outbox.push({ instanceId, bytes: sizeOf(content), content });
      if (poll.readings.length > 0) push({ kind: 'readings', lease, readings: poll.readings });
      if (poll.statements !== null) push({ kind: 'statements', lease, poll: poll.statements });
      if (poll.load !== null)
        push({ kind: 'load', lease, load: poll.load, running: runningOf(poll) });
      for (const event of [...stateEvents(lastState.get(instanceId), poll), ...poll.events])
        push({ kind: 'event', instanceId, clusterId: source.clusterId, event, at });
      lastState.set(instanceId, poll.state);
      newest.set(instanceId, { source, poll, at });
      void writeNewest();
    },
    deliverReadings(lease, readings) {
      const content: Content = { kind: 'readings', lease, readings };
      const { instanceId } = lease;
      if (readings.length > 0) outbox.push({ instanceId, bytes: sizeOf(content), content });
    },
    deliverSessions({ instanceId, fence }, sessions) {
      writeActivity(db, { instanceId, fence }, { sessions }).catch(() => undefined);
    },
    async deliverLog({ instanceId, fence }, log) {
      const reading = log.unsettled;
      if (reading === null || writingLogs.has(instanceId)) return;
      writingLogs.add(instanceId);
      try {
        const taken = await appendLog(db, { instanceId, fence }, reading);
        // Somebody else went on from there: what the store says counts.
        log.position = taken ? reading.after : await loadLogPosition(db, instanceId);
        log.unsettled = null;
      } catch (error) {
        if (isOutage(error)) return;
        options.log(`log of instance ${instanceId}: ${(error as Error).message}`);
        // The store refuses it for good. It would again: what follows is read on without it.
        log.unsettled = withoutContent(reading);
      } finally {
        writingLogs.delete(instanceId);
      }
    },
    takeLost: (id) => outbox.takeLost(id),
    outbox,
    begin(instanceId, known) {
      keyIds.set(instanceId, known);
    },
    async close(withinMs) {
      lastState = new Map();
      await outbox.close(withinMs);
    },
  };
}

const withoutContent = (reading: LogReading): LogReading => ({
  ...reading,
  ...{ spans: [], statements: [], executions: [], plans: [], wildcards: [] },
});

/** What sessions were seen executing; only whole texts are known well enough to be kept. */
function runningOf({ sessions }: Poll): RunningStatements {
  if (sessions === null || 'error' in sessions) return {};
  return Object.fromEntries(
    sessions.rows.flatMap(({ state, statement }) =>
      statement?.key && statement.whole && state !== 'idle' ? [[statement.key, statement]] : [],
    ),
  );
}

function stateEvents(before: string | undefined, poll: Poll): SeenEvent[] {
  if (before === undefined || before === poll.state) return [];
  if (poll.state === 'up')
    return [{ kind: 'up', text: 'Answers again', details: { from: before } }];
  return before === 'up'
    ? [
        {
          kind: 'down',
          text: 'Does not answer',
          details: { code: poll.reason?.code ?? null, message: poll.reason?.message ?? null },
        },
      ]
    : [];
}

type Way = {
  db: Pool;
  /** Statement key to its id in the store, per instance; grows as statements are registered. */
  keyIds: Map<number, Map<string, number>>;
  /**
   * From the spool: the lease may have changed hands since, but what was read then stays true. The store takes a
   * sample once, and no reading of statements that overlaps another.
   */
  late: boolean;
  onFenced(lease: LeaseFence): void;
  onUnknownStatements(instanceId: number): void;
};

/**
 * Sends readings of many instances in one step, the rest in order. Readings may overtake statements and events, which
 * changes nothing: a reading sent twice is stored once.
 */
async function send(way: Way, parcels: readonly Parcel<Content>[]): Promise<Sent<Content>> {
  const batch = parcels.flatMap(({ content }) =>
    content.kind === 'readings' ? [{ lease: content.lease, readings: content.readings }] : [],
  );
  if (batch.length > 0) {
    const { rejected } = await appendReadings(way.db, batch, way);
    if (!way.late) for (const lease of rejected) way.onFenced(lease);
  }
  const later: Parcel<Content>[] = [];
  for (const [done, parcel] of parcels.entries())
    try {
      if (!(await sendOne(way, parcel.content))) later.push(parcel);
    } catch (error) {
      if (done > 0) return { done, later };
      throw error;
    }
  return { done: parcels.length, later };
}

/** @returns false when statements are not known yet whose text must still be in the spool */
async function sendOne(way: Way, content: Content): Promise<boolean> {
  if (content.kind === 'event') await appendEvent(way.db, content, content.event, content.at);
  if (content.kind === 'load')
    await appendLoad(way.db, content.lease, content.load, content.running, way);
  if (content.kind !== 'statements') return true;
  const { lease, poll } = content;
  const { instanceId } = lease;
  const known = way.keyIds.get(instanceId) ?? (await loadStatementKeys(way.db, instanceId));
  way.keyIds.set(instanceId, known);
  if (poll.unseen.length > 0)
    for (const [key, id] of await registerStatements(way.db, instanceId, poll.unseen))
      known.set(key, id);
  const deltas: StatementDelta[] = [];
  for (const { key, growth } of poll.growth) {
    const keyId = known.get(key);
    if (keyId !== undefined) deltas.push({ keyId, ...growth });
  }
  const unknown = deltas.length < poll.growth.length;
  if (unknown && !way.late) return false;
  if (unknown) way.onUnknownStatements(instanceId);
  await appendStatements(
    way.db,
    lease,
    {
      fromAt: poll.fromAt,
      toAt: poll.toAt,
      partial: poll.partial ?? (unknown ? 'lost' : null),
      deltas,
      hidden: poll.hidden,
      evictions: poll.evictions,
      histograms: (poll.histograms ?? []).flatMap(({ key, buckets }) => {
        const keyId = known.get(key);
        return keyId === undefined ? [] : [{ keyId, buckets }];
      }),
    },
    way,
  );
  return true;
}
