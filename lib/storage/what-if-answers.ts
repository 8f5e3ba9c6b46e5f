/** What planners said about advised indexes. */
import type { WhatIfAnswer } from '@/lib/advice/what-if';
import type { LeaseFence } from './append-readings';
import type { Db } from './partitions';

/** Tables and their statistics change: after this an answer counts no more. */
const keptDays = 2;

export type AskedIndex = { id: string; sql: string | null; instance: string };

const nameOf = ({ id, sql, instance }: AskedIndex) => JSON.stringify([instance, id, sql]);

/** The answers of the last days; each is of the index as it was advised then. */
export async function readWhatIfAnswers(
  db: Db,
  instanceIds: readonly number[],
): Promise<(asked: AskedIndex) => WhatIfAnswer | undefined> {
  const { rows } = await db.query<
    Omit<WhatIfAnswer, 'at'> & { instance_id: number; advice_id: string; sql: string; at: Date }
  >(
    `select instance_id, advice_id, sql, at, status, cost_before, cost_after, reason from what_if
     where instance_id = any($1) and at > now() - $2 * interval '1 day'`,
    [instanceIds, keptDays],
  );
  const answers = new Map(
    rows.map(({ instance_id, advice_id: id, sql, at, ...answer }) => [
      nameOf({ id, sql, instance: String(instance_id) }),
      { ...answer, at: at.getTime() },
    ]),
  );
  return (asked) => answers.get(nameOf(asked));
}

export async function writeWhatIfAnswer(
  db: Db,
  lease: LeaseFence,
  { id, sql }: AskedIndex,
  answer: Omit<WhatIfAnswer, 'at'> & { bytes: number | null },
): Promise<void> {
  await db.query(
    `insert into what_if (instance_id, advice_id, sql, at, status, cost_before, cost_after, bytes, reason)
     select $1, $3, $4, now(), $5, $6, $7, $8, $9 where exists (select from lease where instance_id = $1 and fence = $2)
     on conflict (instance_id, advice_id) do update set sql = excluded.sql, at = excluded.at, status = excluded.status,
       cost_before = excluded.cost_before, cost_after = excluded.cost_after, bytes = excluded.bytes, reason = excluded.reason`,
    [
      ...[lease.instanceId, lease.fence.toString(), id, sql, answer.status],
      ...[answer.cost_before, answer.cost_after, answer.bytes, answer.reason],
    ],
  );
}
