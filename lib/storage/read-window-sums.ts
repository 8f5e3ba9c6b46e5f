/** What statements did in a window, as it is compared with another. */
import type { StatementsCompareBody } from '@/lib/contract';
import type { Db } from './partitions';
import { eachStatement, statementRows, statementTiers, tierParameters } from './statement-tiers';

export type Window = { from: number; to: number };
export type Sums = {
  statement_id: string;
  database: string | null;
  user: string | null;
  instance_id: number;
  /** Run by the login that watches. */
  own: boolean;
  calls: number;
  total_ms: number;
  sum_sq_ms: number;
  rows: number;
  blocks_read: number | null;
};
/** Seconds watched, by instance. */
export type Watched = ReadonlyMap<number, number>;

export async function readSums(
  db: Db,
  query: { instanceIds: number[]; statement?: string | undefined },
  window: Window,
): Promise<Sums[]> {
  const tiers = await statementTiers(db, { instanceIds: query.instanceIds, ...window });
  const columns = ['calls', 'total_ms', 'sum_sq_ms', 'rows', 'blocks_read'];
  const sums = columns.map((name) => `sum(e.${name})::float8 as ${name}`).join(', ');
  const { rows } = await db.query<Sums>(
    `with per_key as (
       select key_id, ${sums} from ${eachStatement(columns, statementRows(['key_ids', ...columns]))} e group by 1)
     select k.statement_id, k.database_name as database, k.user_name as "user", k.instance_id,
       coalesce(k.user_name = i."user", false) as own, ${sums}
     from per_key e join statement_key k on k.id = e.key_id join instance i on i.id = k.instance_id
     where $5::text is null or k.statement_id = $5 group by 1, 2, 3, 4, 5`,
    [...tierParameters(tiers), query.statement ?? null],
  );
  return rows;
}

/** How long each instance was watched within the window; a reading that reaches over its edge counts with the part inside. */
export async function readWatched(db: Db, instanceIds: number[], window: Window): Promise<Watched> {
  const tiers = await statementTiers(db, { instanceIds, ...window });
  const { rows } = await db.query<{ instance_id: number; seconds: number }>(
    `select instance_id, sum(extract(epoch from least(to_at, $6) - greatest(from_at, $5)))::float8 as seconds
     from ${statementRows([])} r group by 1`,
    [...tierParameters(tiers), new Date(window.from), new Date(window.to)],
  );
  return new Map(rows.map((row) => [row.instance_id, row.seconds]));
}

export async function readPartial(
  db: Db,
  instanceIds: number[],
  windows: readonly Window[],
): Promise<StatementsCompareBody['partial']> {
  const { rows } = await db.query<{ instance_id: number; reason: string; from: Date; to: Date }>(
    `select r.instance_id, r.partial as reason, r.from_at as "from", r.to_at as "to" from statement_reading r
     where r.instance_id = any($1) and r.partial is not null
       and (r.to_at > $2 and r.to_at <= $3 or r.to_at > $4 and r.to_at <= $5)
     order by r.to_at desc limit 200`,
    [instanceIds, ...windows.flatMap(({ from, to }) => [new Date(from), new Date(to)])],
  );
  return rows.map(({ instance_id, reason, from, to }) => ({
    instance: String(instance_id),
    reason,
    from: from.getTime(),
    to: to.getTime(),
  }));
}

export async function readTexts(db: Db, ids: readonly string[]) {
  const { rows } = await db.query<{ id: string; text: string; kind: string; first_seen: Date }>(
    'select id, text, kind, first_seen from statement where id = any($1)',
    [ids],
  );
  return new Map(
    rows.map(({ id, text, kind, first_seen }) => [
      id,
      { text, kind, first_seen: first_seen.getTime() },
    ]),
  );
}
