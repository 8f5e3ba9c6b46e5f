/** What is known of the databases of a cluster, as the rules of advice look at it. */
import { quoteName } from '@/lib/advice/quote-identifier';
import {
  type DatabaseView,
  indexesOf,
  indexName,
  type NotSaid,
  type WatchedDatabase,
} from '@/lib/advice/view';
import type { InstanceBody } from '@/lib/contract';
import { type Inventory, tableName } from '@/lib/inventory/inventory';
import { groupBy } from './group-by';
import type { Db } from './partitions';
import { readLatest } from './read-latest';
import { readMetricHealth } from './read-metric-health';

const youngDays = 7;
const mostKept = 40;

type Kept = { version: string; inventory: Inventory | null };
/** Inventories of thousands of tables are megabytes: one that is unchanged is not fetched again. */
const kept = new Map<string, Kept>();

type Stored = {
  instance: string;
  database: string;
  inventory: Inventory | null;
  error: { message: string; fix: string | null } | null;
};

async function readStored(db: Db, instanceIds: number[]): Promise<Stored[]> {
  const { rows } = await db.query<{
    instance_id: number;
    database: string;
    version: string;
    error: Stored['error'];
  }>(
    `select instance_id, database, error, concat_ws(' ', at, xmin::text) as version from inventory
     where instance_id = any($1) order by instance_id, database`,
    [instanceIds],
  );
  const keyOf = (row: { instance_id: number; database: string }) =>
    `${row.instance_id}/${row.database}`;
  const old = rows.filter((row) => kept.get(keyOf(row))?.version !== row.version);
  for (const row of old) {
    const { rows: bodies } = await db.query<{ body: Inventory | null }>(
      'select body from inventory where instance_id = $1 and database = $2',
      [row.instance_id, row.database],
    );
    kept.delete(keyOf(row));
    kept.set(keyOf(row), { version: row.version, inventory: bodies[0]?.body ?? null });
  }
  const found = rows.map((row) => ({
    instance: String(row.instance_id),
    database: row.database,
    inventory: kept.get(keyOf(row))?.inventory ?? null,
    error: row.error,
  }));
  for (const key of kept.keys()) {
    if (kept.size <= mostKept) break;
    kept.delete(key);
  }
  return found;
}

export type Views = { views: DatabaseView[]; not_said: NotSaid[]; readAt: number | null };

/** One view per database that has an inventory on any instance of the cluster. */
export async function readViews(
  db: Db,
  instances: readonly InstanceBody[],
  now: number,
): Promise<Views> {
  const ids = instances.map(({ id }) => Number(id));
  const [stored, use, building, rates] = await Promise.all([
    readStored(db, ids),
    readUse(db, ids, now),
    readBuilding(db, ids),
    readWrites(db, ids),
  ]);
  const databases = groupBy(stored, ({ database }) => database);
  const views = [...databases].map(([database, members]): DatabaseView => {
    const of = (instance: InstanceBody): WatchedDatabase => {
      const used = use.get(`${instance.id}/${database}`);
      return {
        instance: instance.id,
        name: instance.name,
        inventory: members.find((one) => one.instance === instance.id)?.inventory ?? null,
        kept_since: used?.began.getTime() ?? null,
        once_used: new Set(used?.once_used ?? []),
      };
    };
    const primary = instances.find(({ role }) => role === 'primary');
    const first = primary ? of(primary) : null;
    return {
      database,
      now,
      demo: instances.every(({ demo }) => demo),
      primary: first,
      replicas: instances.filter(({ id }) => id !== primary?.id).map(of),
      building: buildingIn(building, members),
      young: new Set(primary ? (use.get(`${primary.id}/${database}`)?.young ?? []) : []),
      writes: writesIn(rates, primary, first?.inventory ?? null),
    };
  });
  const not_said = instances.flatMap((instance) => unread(instance, stored));
  const times = stored.flatMap(({ inventory }) => inventory?.at ?? []);
  return { views, not_said, readAt: times.length > 0 ? Math.min(...times) : null };
}

function unread(instance: InstanceBody, stored: readonly Stored[]): NotSaid[] {
  const own = stored.filter((one) => one.instance === instance.id);
  if (own.length === 0)
    return [
      {
        instance: instance.id,
        database: null,
        reason: {
          en: `${instance.name}: its tables and indexes have not been read yet. That is done within minutes of the first connection.`,
          ja: `${instance.name}:テーブルとインデックスはまだ読み取られていません。最初の接続から数分以内に行われます。`,
        },
        fix_sql: null,
      },
    ];
  return own.flatMap(({ database, error, inventory }) =>
    error === null
      ? []
      : [
          {
            instance: instance.id,
            database,
            reason: {
              en: `${instance.name}, ${database}: ${inventory ? 'an older reading is used, the last one failed' : 'tables and indexes could not be read'}. ${error.message}`,
              ja: `${instance.name}、${database}:${inventory ? '前回の読み取りを使用しています。最後の読み取りは失敗しました' : 'テーブルとインデックスを読み取れませんでした'}。${error.message}`,
            },
            fix_sql: error.fix,
          },
        ],
  );
}

type Use = {
  instance_id: number;
  database: string;
  began: Date;
  young: string[] | null;
  once_used: string[] | null;
};
const useLastsMs = 5 * 60_000;
let keptUse: { key: string; at: number; rows: Map<string, Use> } | null = null;

/**
 * What the daily counts of scans say: indexes that appeared within 7 days where the database was looked at before, and
 * those that were scanned although the count is 0 now. By `instance/database`; looked up every 5 minutes.
 */
async function readUse(db: Db, ids: number[], now: number): Promise<Map<string, Use>> {
  const key = ids.join();
  if (keptUse?.key === key && now - keptUse.at < useLastsMs) return keptUse.rows;
  const { rows } = await db.query<Use>(
    `with one as (
       select instance_id, database, index_oid, min(day) as day, max(scans) as most,
         (array_agg(scans order by day desc))[1] as last, (array_agg(table_name order by day desc))[1] as on_table,
         (array_agg(index_name order by day desc))[1] as name
       from index_use where instance_id = any($1) group by 1, 2, 3),
     named as (
       select *, case when index_oid like '%.%' then index_oid else left(on_table, length(on_table) - position('.' in reverse(on_table))) || '.' || name end as full_name,
         min(day) over (partition by instance_id, database) as began from one)
     select instance_id, database, min(began)::timestamp at time zone 'utc' as began,
       array_agg(full_name) filter (where day > began and day > ($2::timestamptz at time zone 'utc')::date - $3::int) as young,
       array_agg(full_name) filter (where last = 0 and most > 0) as once_used
     from named group by 1, 2`,
    [ids, new Date(now), youngDays],
  );
  const found = new Map(rows.map((row) => [`${row.instance_id}/${row.database}`, row]));
  keptUse = { key, at: now, rows: found };
  return found;
}

/** Rows written per second to each table by the last readings, by instance, database and table as the metric names it. */
async function readWrites(db: Db, ids: number[]): Promise<Map<string, number>> {
  const metrics = ['postgres.tables', 'mysql.tables'];
  const latest = await readLatest(db, { instanceIds: ids, metrics });
  const rates = new Map<string, number>();
  for (const { instanceId, labels, column, rate } of latest) {
    if (rate === null || !/^rows_(inserted|updated|deleted)$/.test(column)) continue;
    const key = `${instanceId}/${labels.database ?? ''} ${labels.table ?? labels.name}`;
    rates.set(key, (rates.get(key) ?? 0) + rate);
  }
  return rates;
}

function writesIn(
  rates: Map<string, number>,
  instance: InstanceBody | undefined,
  inventory: Inventory | null,
): Map<string, number> {
  const found = new Map<string, number>();
  if (!instance || !inventory || rates.size === 0) return found;
  for (const table of inventory.tables) {
    // PostgreSQL's metric quotes names; MySQL's has `schema.name` of all databases.
    const rate =
      rates.get(`${instance.id}/${inventory.database} ${quoteName(table.schema, table.name)}`) ??
      rates.get(`${instance.id}/ ${tableName(table)}`);
    if (rate !== undefined) found.set(tableName(table), rate);
  }
  return found;
}

/** Tables (as the progress names them) on which an index is built right now; null when that is not known. */
async function readBuilding(db: Db, ids: number[]): Promise<Set<string> | null> {
  const metric = 'postgres.progress';
  const health = await readMetricHealth(db, ids, metric);
  if (health.length === 0 || health.some(({ error }) => error !== null)) return null;
  const latest = await readLatest(db, { instanceIds: ids, metrics: [metric], withinMs: 60_000 });
  return new Set(
    latest
      .filter(({ labels }) => labels.operation === 'create-index')
      .map(({ labels }) => `${labels.database} ${labels.table}`),
  );
}

function buildingIn(tables: Set<string> | null, members: readonly Stored[]): Set<string> | null {
  if (tables === null) return null;
  const names = new Set<string>();
  if (tables.size === 0) return names;
  for (const { database, inventory } of members)
    for (const { table, index } of inventory ? indexesOf(inventory) : [])
      if (
        tables.has(`${database} ${quoteName(table.schema, table.name)}`) ||
        tables.has(`${database} oid ${table.oid}`)
      )
        names.add(indexName(table, index));
  return names;
}
