/** The two windows that are compared, as a request names them. */
import { notFound } from '@/lib/auth/http-error';
import type { EventBody } from '@/lib/contract';
import type { Db } from './partitions';
import { readEvents } from './read-events';

export type AskedWindows = {
  from: number;
  to: number;
  before_from?: number | undefined;
  before_to?: number | undefined;
  around?: string | undefined;
  width_ms?: number | undefined;
};

const hour = 3_600_000;

/** @param event the one that `around` names, when it does */
export function windowsOf(query: AskedWindows, event: EventBody | null) {
  if (event) {
    const width = query.width_ms ?? hour;
    // Nothing is known of the future: a fresh mark is compared with what there is since.
    const to = Math.max(event.at + 1, Math.min(event.at + width, Date.now()));
    return {
      before: { from: event.at - width, to: event.at },
      after: { from: event.at, to },
    };
  }
  const { from, to } = query;
  return {
    before: { from: query.before_from ?? from - (to - from), to: query.before_to ?? from },
    after: { from, to },
  };
}

/**
 * The event that is asked for; null when windows are.
 * @throws 404 when it is no event of these instances' clusters
 */
export async function readEventOf(
  db: Db,
  { around: id, instanceIds }: AskedWindows & { instanceIds: number[] },
): Promise<EventBody | null> {
  if (id === undefined) return null;
  const { rows } = await db.query<{ cluster_id: number; id: number }>(
    'select id, cluster_id from instance where id = any($1)',
    [instanceIds],
  );
  const [event] = await readEvents(db, { from: 0, to: Date.now() + hour, id });
  const ours =
    event &&
    (event.cluster === null || rows.some((row) => String(row.cluster_id) === event.cluster)) &&
    (event.instance === null || rows.some((row) => String(row.id) === event.instance));
  if (!event || !ours) throw notFound('event');
  return event;
}
