import type { PoolClient } from 'pg';
import { dayMs, ensurePartitions, hourMs } from './partitions';

/**
 * Moves one hour of hot rows into a block per series and drops the hot partition, in one transaction.
 * Late rows of an hour that has blocks already are merged into them; a sample that is there stays as it is.
 */
export async function compactHour(
  client: PoolClient,
  part: { name: string; from: number },
): Promise<void> {
  await inTransaction(client, async () => {
    await ensurePartitions({}, client, 'block', [part.from]);
    await rollUpAgain(client, part.from);
    // New rows wait until the partition is gone; they make it anew and are merged later. Readers do not wait.
    await client.query(`lock table ${part.name} in share row exclusive mode`);
    // Two layouts of one metric can share a series in an hour: the older goes first, the newer is merged into it.
    const { rows } = await client.query<{ id: number; turn: number; length: number }>(
      // A metric that has had no row yet has no slot: its arrays are empty.
      `select l.id, rank() over (partition by l.instance_id, l.metric order by l.id)::int as turn,
              coalesce((select max(position) from slot p where p.layout_id = l.id), 0) as length
       from layout l where exists (select from ${part.name} h where h.layout_id = l.id) order by turn, l.id`,
    );
    for (const layouts of inBatches(rows)) await moveLayouts(client, part, layouts);
    await client.query(`drop table ${part.name}`);
    await markCompacted(client, 'block', part.from);
  });
}

/** Late rows change a day that was rolled up: it is due again. Not when its blocks are past retention and gone. */
async function rollUpAgain(client: PoolClient, hour: number): Promise<void> {
  await client.query(
    `delete from compacted where tier = 'rollup' and at = $1
       and exists (select from block where hour >= $1 and hour < $1::timestamptz + interval '1 day')`,
    [new Date(Math.floor(hour / dayMs) * dayMs)],
  );
}

/** So many series at once that their hour fits in working memory, none of them in two layouts. */
function inBatches<T extends { turn: number; length: number }>(layouts: T[]): T[][] {
  const batches: T[][] = [];
  let turn = 0;
  let series = 0;
  for (const layout of layouts) {
    const last = batches.at(-1);
    if (last && layout.turn === turn && series + layout.length <= 4000) last.push(layout);
    else {
      batches.push([layout]);
      series = 0;
    }
    turn = layout.turn;
    series += layout.length;
  }
  return batches;
}

async function moveLayouts(
  client: PoolClient,
  part: { name: string; from: number },
  layouts: { id: number; length: number }[],
): Promise<void> {
  // array_agg takes the samples in the order they come in, which hashing keeps and sorting by series would not; ordering
  // inside the aggregate costs four times as much. The tests compare every sample.
  await client.query(`set local enable_sort = off; set local work_mem = '64MB'`);
  await client.query(
    `with chosen as materialized (
       select l.id, l.every_ms, c.length from unnest($2::int[], $3::int[]) c (id, length) join layout l using (id)
       where l.every_ms <= ${hourMs}),
     tick as (
       select c.id, c.every_ms, c.length,
              case when h.vals is null then array_fill(null::float8, array[c.length])
                   when cardinality(h.vals) < c.length
                     then h.vals || array_fill(null::float8, array[c.length - cardinality(h.vals)])
                   else h.vals end as vals
       from chosen c
       cross join lateral generate_series(0, ${hourMs} / c.every_ms - 1) g (i)
       left join ${part.name} h on h.layout_id = c.id
         and h.at = $1::timestamptz + g.i * c.every_ms * interval '1 ms'
       order by c.id, g.i),
     line as (
       select id, every_ms, position, array_agg(v) as vals
       from (select id, every_ms, generate_series(1, length) as position, unnest(vals) as v from tick) sample
       group by id, every_ms, position
       having count(v) > 0)
     insert into block (series_id, hour, step_ms, vals)
     select p.series_id, $1, every_ms, vals from line
     join slot p on p.layout_id = line.id and p.position = line.position
     on conflict (series_id, hour) do update set vals = (
       select array_agg(coalesce(old.v, new.v) order by coalesce(old.i, new.i))
       from unnest(block.vals) with ordinality old (v, i)
       full join unnest(excluded.vals) with ordinality new (v, i) using (i))
       where block.step_ms = excluded.step_ms`,
    [new Date(part.from), layouts.map(({ id }) => id), layouts.map(({ length }) => length)],
  );
}

export async function markCompacted(
  client: PoolClient,
  tier: 'block' | 'rollup' | 'statement_hour' | 'load_minute' | 'log_minutes' | 'histogram_hour',
  at: number,
): Promise<void> {
  await client.query('insert into compacted (tier, at) values ($1, $2) on conflict do nothing', [
    tier,
    new Date(at),
  ]);
}

export async function inTransaction(client: PoolClient, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
