import type { Db } from './partitions';

export type StoredColumn = { name: string; kind: 'gauge' | 'counter' | 'flag' };
export type Form = 'value' | 'rate';

/** One line of numbers to store: a column of a row, as read or as a rate. */
export type Line = {
  column: string;
  kind: StoredColumn['kind'];
  form: Form;
  labels: Record<string, string>;
  /** lineKey of the three above, made once. */
  key: string;
};

/** Positions of an instance's metric in the array of a hot row. */
export type Layout = {
  id: number;
  positions: Map<string, number>;
  length: number;
  /** Indexes into the array for rows that were appended before, so that their lines need not be named again. */
  places: Map<string, Int32Array>;
};

/** The identity of a line within its instance and metric. Labels in the order of their names. */
export function lineKey(column: string, form: Form, labels: string): string {
  return `${column}\u0000${form}\u0000${labels}`;
}

/** A row's labels as one text, equal whatever the order they came in. */
export function labelsKey(labels: Record<string, string>): string {
  const names = Object.keys(labels).sort();
  return JSON.stringify(names.map((name) => [name, labels[name]]));
}

/** A layout is replaced when it has more than this many positions and most of them are unused. */
const churnFloor = 256;

/** Whether most places of a long layout are unused by now: rows come and go, as temporary tables do. */
export function needsReplacing(layout: Layout, used: number): boolean {
  return layout.length > churnFloor && layout.length >= used * 4;
}

/**
 * The current layout of an instance's metric with a position for each line; made or extended where needed.
 * Must run inside the transaction that appends, by the holder of the lease.
 */
export async function layoutFor(
  db: Db,
  target: { instanceId: number; metric: string; everyMs: number },
  lines: readonly Line[],
  cached: Layout | undefined,
): Promise<Layout> {
  if (cached && lines.every((line) => cached.positions.has(line.key))) {
    if (!needsReplacing(cached, lines.length)) return cached;
    await db.query('update layout set retired_at = now() where id = $1', [cached.id]);
    return extend(db, target, await create(db, target), lines);
  }
  const { rows } = await db.query<{ id: number }>(
    `select id from layout where instance_id = $1 and metric = $2 and every_ms = $3 and retired_at is null
     order by id desc limit 1 for update`,
    [target.instanceId, target.metric, target.everyMs],
  );
  const found = rows[0] ? await load(db, rows[0].id) : await create(db, target);
  return extend(db, target, found, lines);
}

async function create(
  db: Db,
  target: { instanceId: number; metric: string; everyMs: number },
): Promise<Layout> {
  const { rows } = await db.query<{ id: number }>(
    'insert into layout (instance_id, metric, every_ms) values ($1, $2, $3) returning id',
    [target.instanceId, target.metric, target.everyMs],
  );
  return { id: rows[0]?.id ?? 0, positions: new Map(), length: 0, places: new Map() };
}

async function load(db: Db, id: number): Promise<Layout> {
  const { rows } = await db.query<{
    position: number;
    column: string;
    form: Form;
    labels: Record<string, string>;
  }>(
    `select p.position, s.column_name as column, s.form, s.labels
     from slot p join series s on s.id = p.series_id where p.layout_id = $1`,
    [id],
  );
  const positions = new Map(
    rows.map((row) => [lineKey(row.column, row.form, labelsKey(row.labels)), row.position]),
  );
  const length = rows.reduce((most, row) => Math.max(most, row.position), 0);
  return { id, positions, length, places: new Map() };
}

async function extend(
  db: Db,
  target: { instanceId: number; metric: string },
  layout: Layout,
  lines: readonly Line[],
): Promise<Layout> {
  const missing = new Map(
    lines.map((line) => [line.key, line] as const).filter(([key]) => !layout.positions.has(key)),
  );
  if (missing.size === 0) return layout;
  const added = [...missing.values()];
  await db.query(
    `insert into series (instance_id, metric, column_name, kind, form, labels)
     select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::jsonb[]) on conflict do nothing`,
    [
      target.instanceId,
      target.metric,
      added.map((line) => line.column),
      added.map((line) => line.kind),
      added.map((line) => line.form),
      added.map((line) => JSON.stringify(line.labels)),
    ],
  );
  const positions = new Map(layout.positions);
  let length = layout.length;
  for (const key of missing.keys()) positions.set(key, ++length);
  await db.query(
    `insert into slot (layout_id, position, series_id)
     select $3, n.position, s.id
     from unnest($4::text[], $5::text[], $6::jsonb[], $7::int[]) n (column_name, form, labels, position)
     join series s on s.instance_id = $1 and s.metric = $2 and s.column_name = n.column_name
       and s.form = n.form and s.labels = n.labels`,
    [
      target.instanceId,
      target.metric,
      layout.id,
      added.map((line) => line.column),
      added.map((line) => line.form),
      added.map((line) => JSON.stringify(line.labels)),
      [...missing.keys()].map((key) => positions.get(key)),
    ],
  );
  return { id: layout.id, positions, length, places: layout.places };
}
