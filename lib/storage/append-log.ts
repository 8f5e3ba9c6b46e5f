import type { Pool, PoolClient } from 'pg';
import type { FindingBody, PlanNode } from '@/lib/contract';
import type { LogFormat, Skipping } from '@/lib/log/log-entry';
import { type LeaseFence, refusedLeases } from './append-readings';
import { insertStatements, type SeenStatement } from './append-statements';
import { inTransaction, markCompacted } from './compact';
import { keepLoggedPlans } from './keep-plans';
import { type Db, ensurePartitions, forgetPartitions, hourMs } from './partitions';

/** Up to where a log was read: everything before `throughAt` is in the store. Offsets in bytes, times in epoch ms. */
export type LogPosition = {
  format: LogFormat;
  file: string;
  offset: number;
  skipping: Skipping;
  /** Hash of the file's first bytes, by which another file of the same name is known; empty is not known. */
  head: string;
  throughAt: number;
};

/**
 * A statement as one user ran it in one database. `id` is of its text; where the server gave its own `queryId`, the
 * statement that is counted under that is meant: names of columns make another text and the same query.
 */
export type LogStatement = {
  id: string;
  queryId: string | null;
  database: string | null;
  user: string | null;
};

/** What was logged in (fromAt, toAt]. */
export type LogSpan = {
  fromAt: number;
  toAt: number;
  /**
   * Every execution that took at least this long is in `durations`; null when some may be missing: sampled, logged without
   * their text, passed over, or logged by settings of a role or database.
   */
  thresholdMs: number | null;
  durations: { statement: LogStatement; bucket: number; count: number }[];
  /** `statement` is null when it could not be read. */
  errors: { statement: LogStatement | null; sqlstate: string; count: number }[];
};

export type LoggedExecution = LogStatement & {
  at: number;
  ms: number;
  application: string | null;
};

export type LoggedPlan = {
  statement: LogStatement;
  at: number;
  ms: number;
  shape: string;
  root: PlanNode;
  findings: FindingBody[];
};

export type LoggedContent = {
  /** What the store must say before, so that nothing is counted twice; null is a first reading. */
  before: LogPosition | null;
  after: LogPosition;
  spans: LogSpan[];
  statements: SeenStatement['statement'][];
  executions: LoggedExecution[];
  plans: LoggedPlan[];
  /** Whether the pattern of a statement's LIKE begins with a wildcard. */
  wildcards: { statement: LogStatement; leading: boolean }[];
};

/** Null when the log of the instance was never read. */
export async function loadLogPosition(db: Db, instanceId: number): Promise<LogPosition | null> {
  const { rows } = await db.query(
    'select format, file, file_offset, skipping, head, through_at from log_position where instance_id = $1',
    [instanceId],
  );
  const row = rows[0];
  if (!row) return null;
  const { format, file, skipping, head } = row;
  return {
    ...{ format, file, skipping, head },
    offset: Number(row.file_offset),
    throughAt: row.through_at.getTime(),
  };
}

/**
 * Keeps what was read and moves the position, in one transaction: whatever stops in between, nothing is lost or counted
 * twice.
 * @returns false when the lease is no longer held, or the position is not what was read from; nothing was written then
 */
export async function appendLog(
  db: Pool,
  lease: LeaseFence,
  read: LoggedContent,
): Promise<boolean> {
  const client = await db.connect();
  const { instanceId } = lease;
  try {
    await client.query('begin');
    const [refused] = await refusedLeases(client, [lease], false);
    if (refused || !(await movePosition(client, instanceId, read))) {
      await client.query('rollback');
      return false;
    }
    await ensurePartitions(
      db,
      client,
      'log_reading',
      read.spans.map(({ toAt }) => toAt),
    );
    await insertStatements(client, read.statements);
    const ids = await keyIds(client, instanceId, allStatements(read));
    await insertSpans(client, instanceId, read.spans, ids);
    const { executions } = read;
    await ensurePartitions(
      db,
      client,
      'slow_execution',
      executions.map(({ at }) => at),
    );
    await client.query(
      `insert into slow_execution (instance_id, at, duration_ms, key_id, application)
       select $1, * from unnest($2::timestamptz[], $3::float8[], $4::int[], $5::text[])`,
      [
        ...[instanceId, executions.map(({ at }) => new Date(at)), executions.map(({ ms }) => ms)],
        executions.map((one) => ids.get(keyOf(one))),
        executions.map(({ application }) => application),
      ],
    );
    await keepLoggedPlans(client, instanceId, read.plans);
    await nameAsCounted(client, instanceId);
    await noteWildcards(client, read.wildcards, ids);
    await client.query('commit');
    return true;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    forgetPartitions(db); // What the lost transaction made is gone.
    throw error;
  } finally {
    client.release();
  }
}

async function movePosition(client: Db, instanceId: number, read: LoggedContent) {
  const { before, after } = read;
  const values = [
    ...[instanceId, after.format, after.file, after.offset, after.skipping, after.head],
    new Date(after.throughAt),
  ];
  const { rowCount } =
    before === null
      ? await client.query(
          `insert into log_position (instance_id, format, file, file_offset, skipping, head, through_at)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
          values,
        )
      : await client.query(
          `update log_position set format = $2, file = $3, file_offset = $4, skipping = $5, head = $6, through_at = $7
           where instance_id = $1 and format = $8 and file = $9 and file_offset = $10 and through_at = $11`,
          [...values, before.format, before.file, before.offset, new Date(before.throughAt)],
        );
  return rowCount === 1;
}

const columns = `instance_id, from_at, to_at, threshold_ms, key_ids, buckets, counts,
  error_key_ids, error_sqlstates, error_counts`;

const keyOf = ({ id, queryId, database, user }: LogStatement) =>
  JSON.stringify([id, queryId, database, user]);
const nameOf = ({ id, queryId, database, user }: LogStatement) =>
  JSON.stringify([queryId ?? id, database ?? '', user ?? '']);

const allStatements = ({ spans, executions, plans, wildcards }: LoggedContent): LogStatement[] => [
  ...spans.flatMap(({ durations, errors }) =>
    [...durations, ...errors].flatMap(({ statement }) => statement ?? []),
  ),
  ...executions,
  ...plans.map(({ statement }) => statement),
  ...wildcards.map(({ statement }) => statement),
];

async function insertSpans(
  client: Db,
  instanceId: number,
  spans: LogSpan[],
  ids: Map<string, number>,
): Promise<void> {
  for (const { fromAt, toAt, thresholdMs, durations, errors } of spans)
    await client.query(
      `insert into log_reading (instance_id, from_at, to_at, threshold_ms, key_ids, buckets, counts,
         error_key_ids, error_sqlstates, error_counts) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[instanceId, new Date(fromAt), new Date(toAt), thresholdMs],
        ...[durations.map(({ statement }) => ids.get(keyOf(statement)))],
        ...[durations.map(({ bucket }) => bucket), durations.map(({ count }) => count)],
        errors.map(({ statement }) => (statement && ids.get(keyOf(statement))) ?? 0),
        ...[errors.map(({ sqlstate }) => sqlstate), errors.map(({ count }) => count)],
      ],
    );
  // Of an hour that was summed before it came, as after an outage of the collector.
  await client.query(
    `insert into log_hour (${columns}) select ${columns} from log_reading r
     where instance_id = $1 and to_at = any($2)
       and exists (select from compacted where tier = 'log_minutes'
         and at = date_bin('1 hour', r.to_at - interval '1 microsecond', 'epoch'))
     on conflict do nothing`,
    [instanceId, spans.map(({ toAt }) => new Date(toAt))],
  );
}

async function keyIds(
  client: Db,
  instanceId: number,
  statements: LogStatement[],
): Promise<Map<string, number>> {
  const keys = new Map(statements.map((one) => [keyOf(one), one]));
  // Of two texts of one query the first names it.
  const rows = new Map([...keys.values()].map((one) => [nameOf(one), one]));
  const list = [...rows.values()];
  const found = await client.query<{ id: number; name: string; database: string; user: string }>(
    `insert into log_key (instance_id, name, statement_id, database_name, user_name)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[]) order by 2, 4, 5
     on conflict (instance_id, name, database_name, user_name) do update set last_seen = now()
     returning id, name, database_name as database, user_name as "user"`,
    [
      ...[instanceId, list.map(({ id, queryId }) => queryId ?? id), list.map(({ id }) => id)],
      ...[list.map(({ database }) => database ?? ''), list.map(({ user }) => user ?? '')],
    ],
  );
  const ids = new Map(
    found.rows.map(({ id, name, database, user }) => [JSON.stringify([name, database, user]), id]),
  );
  return new Map([...keys].map(([key, one]) => [key, ids.get(nameOf(one)) as number]));
}

/** Seen once is known: other executions may begin otherwise. */
async function noteWildcards(
  client: Db,
  wildcards: LoggedContent['wildcards'],
  ids: Map<string, number>,
): Promise<void> {
  if (wildcards.length === 0) return;
  await client.query(
    `update statement s set leading_wildcard = w.begins
     from (select k.statement_id as id, bool_or(g.begins) as begins from unnest($1::int[], $2::bool[]) g (key, begins)
           join log_key k on k.id = g.key group by 1) w
     where s.id = w.id and s.leading_wildcard is distinct from w.begins and s.leading_wildcard is not true`,
    [
      wildcards.map(({ statement }) => ids.get(keyOf(statement))),
      wildcards.map(({ leading }) => leading),
    ],
  );
}

/**
 * A key with the server's query id becomes the statement that pg_stat_statements counts under that, once it is known:
 * what runs for the first time is logged before it is counted.
 */
async function nameAsCounted(client: Db, instanceId: number): Promise<void> {
  const { rows } = await client.query<{ id: number; was: string; becomes: string }>(
    `select distinct on (k.id) k.id, k.statement_id as was, s.statement_id as becomes
     from log_key k join statement_key s on s.instance_id = k.instance_id and s.queryid = k.name
       and coalesce(s.database_name, '') = k.database_name
     where k.instance_id = $1 and not k.counted order by k.id, s.id desc`,
    [instanceId],
  );
  if (rows.length === 0) return;
  const columns = [rows.map(({ id }) => id), rows.map(({ becomes }) => becomes)];
  await client.query(
    `update log_key k set statement_id = n.becomes, counted = true
     from unnest($1::int[], $2::text[]) n (id, becomes) where k.id = n.id`,
    columns,
  );
  const renamed = rows.filter(({ was, becomes }) => was !== becomes);
  await client.query(
    `update plan p set statement_id = n.becomes from unnest($2::text[], $3::text[]) n (was, becomes)
     where p.instance_id = $1 and p.statement_id = n.was and p.duration_ms is not null`,
    [instanceId, renamed.map(({ was }) => was), renamed.map(({ becomes }) => becomes)],
  );
}

/**
 * The readings of an hour ($1 to $2), as one for each stretch of at most this length that follow each other without a gap
 * and with one threshold.
 */
const merged = (length: string) => `
  placed as (
    select *, date_bin('${length}', to_at - interval '1 microsecond', 'epoch') as stretch
    from log_reading where to_at > $1 and to_at <= $2),
  marked as (
    select *, (lag(to_at) over mine = from_at and lag(stretch) over mine = stretch
               and lag(threshold_ms) over mine is not distinct from threshold_ms) is not true as begins
    from placed window mine as (partition by instance_id order by to_at)),
  numbered as (select *, count(*) filter (where begins) over (partition by instance_id order by to_at) as piece from marked),
  piece as (
    select instance_id, piece, min(from_at) as from_at, max(to_at) as to_at, max(threshold_ms) as threshold_ms
    from numbered group by 1, 2),
  durations as (
    select instance_id, piece, array_agg(key_id) as key_ids, array_agg(bucket) as buckets, array_agg(n) as counts from (
      select instance_id, piece, key_id, bucket, sum(n)::int as n
      from (select instance_id, piece, unnest(key_ids) as key_id, unnest(buckets) as bucket, unnest(counts) as n from numbered) e
      group by 1, 2, 3, 4) s group by 1, 2),
  errors as (
    select instance_id, piece, array_agg(key_id) as key_ids, array_agg(sqlstate) as sqlstates, array_agg(n) as counts from (
      select instance_id, piece, key_id, sqlstate, sum(n)::int as n
      from (select instance_id, piece, unnest(error_key_ids) as key_id, unnest(error_sqlstates) as sqlstate,
                   unnest(error_counts) as n from numbered) e
      group by 1, 2, 3, 4) s group by 1, 2),
  result as (
    select p.instance_id, p.from_at, p.to_at, p.threshold_ms, coalesce(d.key_ids, '{}') as key_ids,
      coalesce(d.buckets, '{}') as buckets, coalesce(d.counts, '{}') as counts, coalesce(e.key_ids, '{}') as error_key_ids,
      coalesce(e.sqlstates, '{}') as error_sqlstates, coalesce(e.counts, '{}') as error_counts
    from piece p left join durations d using (instance_id, piece) left join errors e using (instance_id, piece))`;

/** Sums the readings of a finished hour for long windows, and merges them to five minutes. Done once per hour. */
export async function mergeLogHour(client: PoolClient, hour: number): Promise<void> {
  const span = [new Date(hour), new Date(hour + hourMs)];
  await ensurePartitions({}, client, 'log_hour', [hour, hour + hourMs]);
  await inTransaction(client, async () => {
    // Readings of this hour that come late wait, and are then not in the sums: nothing reads them twice.
    await client.query('lock table log_reading in share row exclusive mode');
    await client.query(
      `with ${merged('1 hour')} insert into log_hour (${columns}) select ${columns} from result on conflict do nothing`,
      span,
    );
    await client.query(
      `create temp table merging on commit drop as with ${merged('5 minutes')} select * from result`,
      span,
    );
    await client.query('delete from log_reading where to_at > $1 and to_at <= $2', span);
    await client.query(`insert into log_reading (${columns}) select ${columns} from merging`);
    await markCompacted(client, 'log_minutes', hour);
  });
}

/** Keys that no reading names any more. */
export async function dropOldLogKeys(client: Db, keptDays: number): Promise<void> {
  await client.query(`delete from log_key where last_seen < now() - $1 * interval '1 day'`, [
    keptDays + 1,
  ]);
}
