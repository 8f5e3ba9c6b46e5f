import type { ServiceName } from '@/lib/otlp/describe-service';
import type { Db } from './partitions';

const mostServices = 500;
const mostRoutes = 200;
/** Where a service's further routes are summed. */
export const otherRoutes = '(others)';

/**
 * The service's id; inside a transaction nobody else writes the same service until it ends.
 * @returns null when there are so many services already that this one is not taken
 */
export async function registerService(db: Db, service: ServiceName): Promise<number | null> {
  const names = [service.namespace, service.name, service.environment];
  const known = await db.query<{ id: number }>(
    `update service set last_seen = now() where namespace = $1 and name = $2 and environment = $3 returning id`,
    names,
  );
  if (known.rows[0]) return known.rows[0].id;
  const { rows } = await db.query<{ id: number }>(
    `insert into service (namespace, name, environment)
     select $1, $2, $3 where (select count(*) from service) < $4
     on conflict (namespace, name, environment) do update set last_seen = now() returning id`,
    [...names, mostServices],
  );
  return rows[0]?.id ?? null;
}

/** Ids of a service's routes by name. Names beyond the two hundredth get the id of "(others)". */
export async function registerRoutes(
  db: Db,
  serviceId: number,
  names: Iterable<string>,
): Promise<(name: string) => number> {
  const wanted = [...new Set(names)].sort();
  const { rows: known } = await db.query<{ id: number; name: string }>(
    'select id, name from service_route where service_id = $1',
    [serviceId],
  );
  const ids = new Map(known.map((row) => [row.name, row.id]));
  const unknown = wanted.filter((name) => !ids.has(name));
  const room = Math.max(0, mostRoutes - ids.size);
  const made = unknown.slice(0, room);
  if (unknown.length > room && !ids.has(otherRoutes)) made.push(otherRoutes);
  if (made.length > 0) {
    const { rows } = await db.query<{ id: number; name: string }>(
      `insert into service_route (service_id, name) select $1, unnest($2::text[])
       on conflict (service_id, name) do update set name = excluded.name returning id, name`,
      [serviceId, made],
    );
    for (const row of rows) ids.set(row.name, row.id);
  }
  return (name) => ids.get(name) ?? (ids.get(otherRoutes) as number);
}
