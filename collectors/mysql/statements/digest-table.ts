/** events_statements_summary_by_digest, read row by row without texts: what was seen lately, or all. */
import type { Session } from '../session/session';

/** Each counter's column, and its field in what grew. Times are in picoseconds: divided by the server, as doubles. */
export const digestCounters = [
  ['calls', 'count_star'],
  ['totalMs', 'sum_timer_wait / 1e9'],
  ['lockMs', 'sum_lock_time / 1e9'],
  ['rowsSent', 'sum_rows_sent'],
  ['rowsAffected', 'sum_rows_affected'],
  ['rowsExamined', 'sum_rows_examined'],
  ['errors', 'sum_errors'],
  ['warnings', 'sum_warnings'],
  ['noIndexUsed', 'sum_no_index_used'],
  ['noGoodIndexUsed', 'sum_no_good_index_used'],
  ['tempTables', 'sum_created_tmp_tables'],
  ['tempDiskTables', 'sum_created_tmp_disk_tables'],
  ['sortMergePasses', 'sum_sort_merge_passes'],
  ['fullJoins', 'sum_select_full_join'],
  ['fullScans', 'sum_select_scan'],
] as const;
export const width = digestCounters.length;

export type DigestRow = {
  /** `/schema/digest/t`, as the store's keys of statements are named. */
  key: string;
  /** Null for what ran without a schema chosen. */
  schema: string | null;
  /** Null for the row of all that found no place in the table. */
  digest: string | null;
  /** When the row was made, as the server writes it in UTC. */
  firstSeen: string;
  values: Float64Array;
};

export type DigestStatus = {
  /** The server's clock before the rows were read, UTC, as text to compare with LAST_SEEN. */
  since: string;
  /** Statements that found no place in the table since the server started. */
  lost: number | null;
  size: number | null;
  /** Execution time of our own account since the server started. */
  ownMs: number | null;
};

export const keyOf = (schema: string | null, digest: string | null) =>
  `/${schema ?? ''}/${digest ?? 'others'}/t`;

/** A statement counts when it ends, a moment after the time it is seen at; MariaDB tells whole seconds. */
const marginMs = 3_000;
/** 10,000 digests are about 2 MB. */
const maxBytes = 32 * 1024 * 1024;

const statusTable = {
  mysql: 'performance_schema.global_status',
  mariadb: 'information_schema.global_status',
};

/** The query of every poll; also shown in the reference. */
export const digestSql = `select schema_name, digest, first_seen, ${digestCounters.map(([, sql]) => sql).join(', ')}
  from performance_schema.events_statements_summary_by_digest`;

/** In place of a digest: MariaDB has none for statements that a client prepared. */
export const preparedDigest = 'prepared';

/** Those together, counted since the start or a truncation. */
const preparedSql = `select null, '${preparedDigest}', '1970-01-01 00:00:00', ${digestCounters.map(([, sql]) => sql).join(', ')}
  from performance_schema.events_statements_summary_global_by_event_name where event_name = 'statement/com/Execute'`;

export async function readDigestStatus(session: Session, timeoutMs: number): Promise<DigestStatus> {
  const { rows } = await session.query(
    `select date_sub(now(6), interval ${marginMs * 1000} microsecond),
      (select variable_value from ${statusTable[session.flavour]} where variable_name = 'Performance_schema_digest_lost'),
      @@global.performance_schema_digests_size,
      (select sum(sum_timer_wait) / 1e9 from performance_schema.events_statements_summary_by_account_by_event_name
       where user = substring_index(user(), '@', 1) and host = substring_index(user(), '@', -1))`,
    { doing: 'read what the digest table lost', timeoutMs },
  );
  const [since, lost, size, ownMs] = rows[0] ?? [];
  const number = (text: string | null | undefined) => (text == null ? null : Number(text));
  return { since: since ?? '', lost: number(lost), size: number(size), ownMs: number(ownMs) };
}

/** @param since only rows that were counted in from then on; null is all */
export async function readDigests(
  session: Session,
  since: string | null,
  timeoutMs: number,
): Promise<DigestRow[]> {
  const recent = since === null ? digestSql : `${digestSql} where last_seen >= ?`;
  const sql = session.flavour === 'mariadb' ? `${recent}\nunion all ${preparedSql}` : recent;
  const { rows } = await session.query(sql, {
    ...{ doing: 'read the digests of statements', timeoutMs, maxBytes },
    ...(since === null ? {} : { params: [since] }),
  });
  const merged = new Map<string, DigestRow>();
  for (const [schema = null, digest = null, firstSeen, ...texts] of rows) {
    const key = keyOf(schema, digest);
    const name = `${key} ${firstSeen}`;
    const values = Float64Array.from(texts, Number);
    const same = merged.get(name);
    // The server may have made two rows of one digest at the same moment.
    if (same)
      for (const [i, value] of values.entries()) same.values[i] = (same.values[i] ?? 0) + value;
    else merged.set(name, { key, schema, digest, firstSeen: firstSeen ?? '', values });
  }
  return [...merged.values()];
}
