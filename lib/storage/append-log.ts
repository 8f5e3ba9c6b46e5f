import type { Pool } from 'pg';
import type { LeaseFence } from './append-readings';
import { insertStatements } from './append-statements';
import { keepLoggedPlans } from './keep-plans';
import type { LoggedContent, LogPosition, LogSpan, LogStatement } from './logged-content';
import { logColumns } from './merge-log';
import { type Db, ensurePartitions } from './partitions';
import { underLease } from './under-lease';

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
  const { instanceId } = lease;
  return underLease(db, lease, async (client) => {
    if (!(await movePosition(client, instanceId, read))) return false;
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
  });
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
    `insert into log_hour (${logColumns}) select ${logColumns} from log_reading r
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
