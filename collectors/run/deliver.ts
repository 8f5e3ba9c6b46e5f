/** From polls to the store: parcels into the outbox, the newest status of each instance beside it. */
import type { Pool } from 'pg';
import { appendEvent } from '@/collectors/store/append-event';
import { writeStatus } from '@/collectors/store/write-status';
import { appendReadings, type LeaseFence, type SeriesReading } from '@/lib/storage/append-readings';
import {
  appendStatements,
  registerStatements,
  type StatementDelta,
} from '@/lib/storage/append-statements';
import { createOutbox, type Outbox, type Parcel } from './outbox';
import type { Poll } from './poll-instance';
import type { SeenEvent } from './seen-events';
import type { StatementsPoll } from './statements-reader';

export type Source = {
  instanceId: number;
  clusterId: number;
  fence: bigint;
  /** Statement key to its id in the store; grows as statements are registered. */
  keyIds: Map<string, number>;
};

type Content =
  | { kind: 'readings'; lease: LeaseFence; readings: SeriesReading[] }
  | { kind: 'statements'; source: Source; lease: LeaseFence; poll: StatementsPoll }
  | { kind: 'event'; source: Source; event: SeenEvent; at: Date };

export type Delivery = {
  deliver(source: Source, poll: Poll): void;
  takeLost(instanceId: number): number;
  readonly outbox: Outbox<unknown>;
  close(withinMs: number): Promise<void>;
};

const limitBytes = 32 * 1024 * 1024;

/** @param onFenced another collector polls the instance now */
export function createDelivery(
  db: Pool,
  options: {
    log(message: string): void;
    onFenced(lease: LeaseFence): void;
    limitBytes?: number;
  },
): Delivery {
  const outbox = createOutbox<Content>({
    limitBytes: options.limitBytes ?? limitBytes,
    send: (parcels) => send(db, parcels, options.onFenced),
    isOutage,
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
      if (poll.readings.length > 0)
        outbox.push({
          instanceId,
          bytes: sizeOf(poll.readings),
          content: { kind: 'readings', lease, readings: poll.readings },
        });
      if (poll.statements !== null)
        outbox.push({
          instanceId,
          bytes: statementsSize(poll.statements),
          content: { kind: 'statements', source, lease, poll: poll.statements },
        });
      for (const event of [...stateEvents(lastState.get(instanceId), poll), ...poll.events])
        outbox.push({ instanceId, bytes: 500, content: { kind: 'event', source, event, at } });
      lastState.set(instanceId, poll.state);
      newest.set(instanceId, { source, poll, at });
      void writeNewest();
    },
    takeLost: (id) => outbox.takeLost(id),
    outbox,
    async close(withinMs) {
      lastState = new Map();
      await outbox.close(withinMs);
    },
  };
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

/**
 * Sends readings of many instances in one step, the rest in order. Readings may overtake statements and events, which
 * changes nothing: a reading sent twice is stored once.
 * @returns how many parcels from the head are done
 */
async function send(
  db: Pool,
  parcels: readonly Parcel<Content>[],
  onFenced: (lease: LeaseFence) => void,
): Promise<number> {
  const batch = parcels.flatMap(({ content }) =>
    content.kind === 'readings' ? [{ lease: content.lease, readings: content.readings }] : [],
  );
  if (batch.length > 0) {
    const { rejected } = await appendReadings(db, batch);
    for (const lease of rejected) onFenced(lease);
  }
  for (const [done, { content }] of parcels.entries())
    try {
      await sendOne(db, content);
    } catch (error) {
      if (done > 0) return done;
      throw error;
    }
  return parcels.length;
}

async function sendOne(db: Pool, content: Content): Promise<void> {
  if (content.kind === 'event') {
    await appendEvent(db, content.source, content.event, content.at);
    return;
  }
  if (content.kind === 'readings') return;
  const { source, lease, poll } = content;
  if (poll.unseen.length > 0) {
    const ids = await registerStatements(db, source.instanceId, poll.unseen);
    for (const [key, id] of ids) source.keyIds.set(key, id);
  }
  const deltas: StatementDelta[] = [];
  for (const { key, growth } of poll.growth) {
    const keyId = source.keyIds.get(key);
    if (keyId !== undefined) deltas.push({ keyId, ...growth });
  }
  await appendStatements(db, lease, {
    fromAt: poll.fromAt,
    toAt: poll.toAt,
    partial: poll.partial,
    deltas,
    hidden: poll.hidden,
    evictions: poll.evictions,
  });
}

/** The store is away or overloaded: the same parcel will be taken later. Anything with another SQLSTATE is refused for good. */
export function isOutage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true;
  return /^(08|53|57|58|40|55)/.test(code) || code === '25006';
}

function sizeOf(readings: readonly SeriesReading[]): number {
  let bytes = 0;
  for (const { columns, rows } of readings) {
    bytes += 300;
    for (const { labels } of rows)
      bytes += 16 * columns.length + 100 + 40 * Object.keys(labels).length;
  }
  return bytes;
}

function statementsSize(poll: StatementsPoll): number {
  return (
    500 +
    poll.growth.length * 400 +
    poll.unseen.reduce((sum, { statement }) => sum + 500 + statement.text.length * 2, 0)
  );
}
