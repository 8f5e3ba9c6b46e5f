import type { Pool } from 'pg';
import type { LeaseFence } from './append-readings';
import { type Db, ensurePartitions } from './partitions';
import { statementCounters } from './statement-counters';
import { type CountedHistogram, insertHistograms } from './statement-histograms';
import { holdSums, sumAgainIfSummed } from './sum-statements';
import { underLease } from './under-lease';

/**
 * What one statement did between two polls: exact differences, in calls, ms, rows, blocks, bytes. Null is not measured, and
 * so is what the engine does not have.
 */
export type StatementDelta = StatementAmounts & { keyId: number };
export type StatementAmounts = {
  calls: number;
  totalMs: number;
  /** Sent to the client or changed. */
  rows: number;
} & { [name in OptionalAmount]?: number | null };
type OptionalAmount =
  | 'sumSqMs'
  | 'planMs'
  | 'blocksHit'
  | 'blocksRead'
  | 'blocksDirtied'
  | 'blocksWritten'
  | 'tempBlocksRead'
  | 'tempBlocksWritten'
  | 'readMs'
  | 'writeMs'
  | 'walBytes'
  | 'jitMs'
  | 'lockMs'
  | 'rowsSent'
  | 'rowsAffected'
  | 'rowsExamined'
  | 'errors'
  | 'warnings'
  | 'noIndexUsed'
  | 'noGoodIndexUsed'
  | 'tempTables'
  | 'tempDiskTables'
  | 'sortMergePasses'
  | 'fullJoins'
  | 'fullScans';

/** One poll of an instance's statements. `partial` says why the differences are a lower bound, null when they are whole. */
export type StatementReading = {
  fromAt: number;
  toAt: number;
  partial: string | null;
  deltas: StatementDelta[];
  hidden: { calls: number; totalMs: number } | null;
  evictions: number | null;
  histograms?: CountedHistogram[];
};

export type SeenStatement = {
  userid: string;
  dbid: string;
  queryid: string;
  toplevel: boolean;
  userName: string | null;
  databaseName: string | null;
  statement: {
    id: string;
    text: string;
    kind: string;
    tables: string[];
    tags?: Record<string, string>;
    truncated?: boolean;
  };
};

/**
 * Appends one reading; writing it again changes nothing, nor does one that overlaps what is there: two collectors that
 * both counted a moment would count it twice.
 * @param late it was read a while ago, when the lease was held: who holds it now does not matter
 * @returns false when the lease is no longer held and nothing was written
 */
export async function appendStatements(
  db: Pool,
  lease: LeaseFence,
  reading: StatementReading,
  late: { late?: boolean } = {},
): Promise<boolean> {
  return underLease(
    db,
    lease,
    async (client) => {
      await holdSums(client, lease.instanceId);
      await ensurePartitions(db, client, 'statement_reading', [reading.toAt]);
      const names = statementCounters.map(([column]) => column);
      const deltas = reading.deltas.toSorted((a, b) => a.keyId - b.keyId); // As readers rely on.
      const done = await client.query(
        `insert into statement_reading (instance_id, from_at, to_at, partial, hidden_calls, hidden_total_ms, evictions,
         key_ids, ${names.join(', ')})
       select $1, $2, $3, $4, $5, $6, $7, $8, ${names.map((_, i) => `$${i + 9}`).join(', ')}
       where not exists (select from statement_reading where instance_id = $1 and from_at < $3 and to_at > $2)
       on conflict do nothing`,
        [
          lease.instanceId,
          new Date(reading.fromAt),
          new Date(reading.toAt),
          reading.partial,
          reading.hidden?.calls ?? null,
          reading.hidden?.totalMs ?? null,
          reading.evictions,
          deltas.map((delta) => delta.keyId),
          ...statementCounters.map(([, field]) => amountsOf(deltas, field)),
        ],
      );
      if (!done.rowCount) return;
      await sumAgainIfSummed(client, lease.instanceId, reading.toAt);
      await insertHistograms(db, client, lease.instanceId, reading.toAt, reading.histograms ?? []);
    },
    late,
  );
}

/** Empty when nobody has it: nothing is kept of what an engine does not measure. */
function amountsOf(
  deltas: readonly StatementDelta[],
  field: keyof StatementAmounts,
): (number | null)[] {
  const values = deltas.map((delta) => delta[field] ?? null);
  return values.every((value) => value === null) ? [] : values;
}

/** `userid/dbid/queryid/t` (`f` when not at top level), how the maps of keys name a statement of one server. */
export function statementKeyName(seen: {
  userid: string;
  dbid: string;
  queryid: string;
  toplevel: boolean;
}): string {
  return `${seen.userid}/${seen.dbid}/${seen.queryid}/${seen.toplevel ? 't' : 'f'}`;
}

/** Every key of an instance that the store knows. */
export async function loadStatementKeys(db: Db, instanceId: number): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: number; name: string }>(
    `select id, userid || '/' || dbid || '/' || queryid || '/' || case when toplevel then 't' else 'f' end as name
     from statement_key where instance_id = $1`,
    [instanceId],
  );
  return new Map(rows.map((row) => [row.name, row.id]));
}

/** Stores the texts of statements, unless they are there. */
export async function insertStatements(
  db: Db,
  seen: readonly SeenStatement['statement'][],
): Promise<void> {
  if (seen.length === 0) return;
  const texts = new Map(seen.map((one) => [one.id, one]));
  const statements = [...texts.values()].sort((a, b) => (a.id < b.id ? -1 : 1)); // One order: no deadlocks.
  await db.query(
    `insert into statement as known (id, text, kind, tables, truncated, tags)
     select s.id, s.text, s.kind, array(select jsonb_array_elements_text(s.tables)), s.truncated, s.tags
     from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::bool[], $6::jsonb[]) s (id, text, kind, tables, truncated, tags)
     on conflict (id) do update set tags = known.tags || excluded.tags where not known.tags @> excluded.tags`,
    [
      statements.map((one) => one.id),
      statements.map((one) => one.text),
      statements.map((one) => one.kind),
      statements.map((one) => JSON.stringify(one.tables)),
      statements.map((one) => one.truncated ?? false),
      statements.map((one) => JSON.stringify(one.tags ?? {})),
    ],
  );
}

/** Stores statements and keys seen for the first time, and gives each key's id. Idempotent. */
export async function registerStatements(
  db: Db,
  instanceId: number,
  seen: SeenStatement[],
): Promise<Map<string, number>> {
  if (seen.length === 0) return new Map();
  await insertStatements(
    db,
    seen.map((one) => one.statement),
  );
  const keys = [...new Map(seen.map((one) => [statementKeyName(one), one])).values()];
  const { rows } = await db.query<{ id: number; name: string }>(
    `insert into statement_key (instance_id, statement_id, userid, dbid, queryid, toplevel, user_name, database_name)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::text[])
     on conflict (instance_id, userid, dbid, queryid, toplevel)
       do update set statement_id = excluded.statement_id, user_name = excluded.user_name, database_name = excluded.database_name
     returning id, userid || '/' || dbid || '/' || queryid || '/' || case when toplevel then 't' else 'f' end as name`,
    [
      instanceId,
      keys.map((one) => one.statement.id),
      keys.map((one) => one.userid),
      keys.map((one) => one.dbid),
      keys.map((one) => one.queryid),
      keys.map((one) => one.toplevel),
      keys.map((one) => one.userName),
      keys.map((one) => one.databaseName),
    ],
  );
  return new Map(rows.map((row) => [row.name, row.id]));
}
