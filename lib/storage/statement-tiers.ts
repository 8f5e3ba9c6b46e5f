/** Which rows hold a window of statement readings: finished hours have sums, the rest is read reading by reading. */
import { type Db, hourMs } from './partitions';

/** Where a window lies: edges in `statement_reading`, whole hours (by their end) in `statement_hour`. */
export type StatementTiers = {
  instanceIds: number[];
  starts: Date[];
  ends: Date[];
  hourEnds: Date[];
};

/**
 * Readings whose end lies in (from, to]. A reading belongs to the window in which it ended.
 * @param prefer `sums`: every whole hour that was summed comes as one row. `readings`: only hours whose readings are
 *   past retention do
 */
export async function statementTiers(
  db: Db,
  query: { instanceIds: number[]; from: number; to: number },
  prefer: 'sums' | 'readings' = 'sums',
): Promise<StatementTiers> {
  const { rows } = await db.query<{ at: Date }>(
    `select at from compacted c
     where tier = 'statement_hour' and at >= $1 and at + interval '1 hour' <= $2
       and ($3 or not exists (select from statement_reading r
         where r.instance_id = any($4) and r.to_at > c.at and r.to_at <= c.at + interval '1 hour'))
     order by at`,
    [new Date(query.from), new Date(query.to), prefer === 'sums', query.instanceIds],
  );
  const tiers: StatementTiers = {
    instanceIds: query.instanceIds,
    starts: [],
    ends: [],
    hourEnds: rows.map((row) => new Date(row.at.getTime() + hourMs)),
  };
  let start = query.from;
  for (const { at } of [...rows, { at: new Date(query.to) }]) {
    if (at.getTime() > start) {
      tiers.starts.push(new Date(start));
      tiers.ends.push(at);
    }
    start = at.getTime() + hourMs;
  }
  return tiers;
}

/** The window's sums and its single readings apart, to be read at the same time on two connections. */
export function tiersApart(tiers: StatementTiers): StatementTiers[] {
  const parts = [
    { ...tiers, hourEnds: [] },
    { ...tiers, starts: [], ends: [] },
  ];
  return parts.filter((part) => part.starts.length + part.hourEnds.length > 0);
}

/** The values of $1 to $4 in `statementRows`. */
export function tierParameters(tiers: StatementTiers): unknown[] {
  return [tiers.instanceIds, tiers.starts, tiers.ends, tiers.hourEnds];
}

/** The window's rows as a subquery with these columns. */
export function statementRows(columns: readonly string[]): string {
  const list = ['instance_id', 'from_at', 'to_at', ...columns]
    .map((name) => `r.${name}`)
    .join(', ');
  return `(
    select ${list} from unnest($2::timestamptz[], $3::timestamptz[]) e (a, z)
      join statement_reading r on r.instance_id = any($1) and r.to_at > e.a and r.to_at <= e.z
    union all
    select ${list} from statement_hour r where r.instance_id = any($1) and r.to_at = any($4::timestamptz[]))`;
}

/**
 * A row per statement key of each row. The arrays are unnested side by side in the select list, which is twice as
 * fast as unnest() with several arrays in FROM: that one writes its result aside first.
 */
export function eachStatement(columns: readonly string[], rows: string, more = ''): string {
  const unnested = columns.map((name) => `unnest(w.${name}) as ${name}`).join(', ');
  return `(select ${more} unnest(w.key_ids) as key_id, ${unnested} from ${rows} w)`;
}

/**
 * A row per reading and one of few statements, which is several times as fast as looking for them among all. Key ids
 * stand in ascending order, so each is found by halving; `||` unpacks an array once, and not for each value taken from it.
 * @param keys an int[] expression
 */
export function someStatements(
  columns: readonly string[],
  rows: (columns: readonly string[]) => string,
  keys: string,
  more = '',
): string {
  const unpacked = columns.map((name) => `r.${name} || '{}'::float8[] as ${name}`).join(', ');
  const taken = columns.map((name) => `w.${name}[k.place] as ${name}`).join(', ');
  return `(
    select ${more} k.key_id, ${taken}
    from (select r.instance_id, r.from_at, r.to_at, r.key_ids || '{}'::int[] as key_ids, ${unpacked}
          from ${rows(['key_ids', ...columns])} r offset 0) w
    cross join lateral (
      select id as key_id, width_bucket(id, w.key_ids) as place from unnest(${keys}) id offset 0) k
    where w.key_ids[k.place] = k.key_id offset 0)`; // Else a sort above would carry whole arrays.
}
