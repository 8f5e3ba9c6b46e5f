import type { Pool } from 'pg';
import { type BeginBeside, inLane, repeat } from '@/collectors/run/beside';
import { Failure } from '@/collectors/run/failure';
import { monitoringLogin } from '@/collectors/run/login-of';
import type { SeenEvent } from '@/collectors/run/seen-events';
import { appendEvent } from '@/collectors/store/append-event';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { Session } from '../session/session';
import { withSession } from '../session/with-session';
import { innodbCounter } from '../status-queries';
import { type Deadlock, parseDeadlock } from './parse-deadlock';

const everyMs = 60_000;

export type FoundDeadlock = { at: Date; event: SeenEvent };

/**
 * The latest deadlock, when there was one since `seen`. The report holds InnoDB's locks while it is written, so it is
 * asked for only after its counter has moved. Needs PROCESS.
 * @param seen the counter at the time before; null the first time
 * @throws Failure
 */
export async function readDeadlock(
  session: Session,
  seen: string | null,
): Promise<{ count: string | null; found: FoundDeadlock | null }> {
  const options = { doing: 'read deadlocks', timeoutMs: 3_000 };
  const counter = innodbCounter(session.flavour, 'lock_deadlocks');
  const count = (await session.query(`select ${counter}`, options)).rows[0]?.[0] ?? null;
  if (count === null || count === seen || count === '0') return { count, found: null };
  const status = await session.query('show engine innodb status', options);
  const deadlock = parseDeadlock(status.rows[0]?.[status.columns.indexOf('Status')] ?? '');
  if (deadlock === null) return { count, found: null };
  // The report is in the server's own time zone.
  const asked = await session.query(
    `select unix_timestamp(convert_tz(?, 'SYSTEM', '+00:00')) * 1000`,
    { ...options, params: [deadlock.localTime] },
  );
  const at = Number(asked.rows[0]?.[0] ?? Number.NaN);
  return {
    count,
    found: Number.isFinite(at) ? { at: new Date(at), event: eventOf(deadlock) } : null,
  };
}

function eventOf({ transactions, victim }: Deadlock): SeenEvent {
  const tables = [...new Set(transactions.flatMap(({ waitsFor }) => waitsFor ?? []))];
  const statements = transactions.map(({ statement }) => (statement ?? '?').slice(0, 1_000));
  return {
    kind: 'deadlock',
    text: `Deadlock on ${tables.join(', ') || 'unknown tables'}`.slice(0, 500),
    details: {
      table: tables.join(', ').slice(0, 300),
      victim,
      ...Object.fromEntries(statements.map((text, index) => [`statement_${index + 1}`, text])),
    },
  };
}

/** Looks once a minute whether there was a deadlock, and keeps the latest as an event with its statements. */
export function watchDeadlocks(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  log(message: string): void;
  firstMs?: number;
  everyMs?: number;
}): BeginBeside {
  const { db, rootKey, applicationName } = options;
  return ({ id }) => {
    let seen: string | null = null;
    return repeat({
      firstMs: options.firstMs ?? 5_000 + ((id * 4_099) % 30_000),
      everyMs: options.everyMs ?? everyMs,
      onError: (error) =>
        options.log(`deadlocks of instance ${id}: ${(error as Error).stack ?? String(error)}`),
      work: async (signal) => {
        const instance = await readWatchedInstance(db, id);
        if (!instance) return;
        try {
          const target = monitoringLogin(instance, instance.database, rootKey);
          const { count, found } = await inLane(id, () =>
            withSession(target, `${applicationName} deadlocks`, signal, (session) =>
              readDeadlock(session, seen),
            ),
          );
          const on = { instanceId: id, clusterId: instance.clusterId };
          if (found) await appendEvent(db, on, found.event, found.at);
          seen = count;
        } catch (error) {
          // What is wrong with the server or the login is told by its polls.
          if (!signal.aborted && !(error instanceof Failure)) throw error;
        }
      },
    });
  };
}
