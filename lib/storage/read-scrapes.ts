import type { ScrapeBody } from '@/lib/contract';
import type { Db } from './partitions';

/** Whose metrics are fetched, and how that went; of a cluster or one. */
export async function readScrapes(
  db: Db,
  of: { cluster: number } | { id: number },
): Promise<ScrapeBody[]> {
  const { rows } = await db.query<{
    id: number;
    service_id: number;
    name: string;
    environment: string;
    url: string;
    has_token: boolean;
    last_at: Date | null;
    last_ok_at: Date | null;
    points: number | null;
    error: ScrapeBody['error'];
  }>(
    `select c.id, service_id, s.name, s.environment, url, token is not null as has_token, last_at, last_ok_at, points, error
     from scrape c join service s on s.id = c.service_id
     where ($1::int is null or c.cluster_id = $1) and ($2::int is null or c.id = $2) order by s.name, c.id`,
    ['cluster' in of ? of.cluster : null, 'id' in of ? of.id : null],
  );
  return rows.map(({ id, service_id, name, environment, last_at, last_ok_at, ...row }) => ({
    ...{ id: String(id), service: { id: String(service_id), name, environment }, ...row },
    ...{ last_at: last_at?.getTime() ?? null, last_ok_at: last_ok_at?.getTime() ?? null },
  }));
}
