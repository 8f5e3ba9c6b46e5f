import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { HttpError, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { ScrapeBody, scrapeInput } from '@/lib/contract';
import { readPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { pool } from '@/lib/storage/pool';
import { readScrapes } from '@/lib/storage/read-scrapes';
import { registerService } from '@/lib/storage/register-service';

type Who = { caller: Caller; ip: string | null };
const most = 200;

/** @throws 404 when there is no such cluster, 409 when the service has this address already or there are too many */
export async function addScrape(
  cluster: number,
  input: z.output<typeof scrapeInput>,
  who: Who,
): Promise<ScrapeBody> {
  const db = pool();
  const { rows: known } = await db.query('select from cluster where id = $1', [cluster]);
  if (known.length === 0) throw notFound('cluster');
  const environment = input.environment ?? '';
  const service = await registerService(db, { namespace: '', name: input.service, environment });
  if (service === null) throw new HttpError(409, 'too_many', 'There are 500 services already.');
  await db.query('update service set cluster_id = coalesce(cluster_id, $2) where id = $1', [
    service,
    cluster,
  ]);
  // Not due before its token is there.
  const { rows } = await db.query<{ id: number }>(
    `insert into scrape (cluster_id, service_id, url, due_at, created_by)
     select $1, $2, $3, 'infinity', $4 where (select count(*) from scrape) < $5
     on conflict (service_id, url) do nothing returning id`,
    [cluster, service, input.url, who.caller.actor, most],
  );
  const id = rows[0]?.id;
  if (id === undefined) {
    const message = `this service has this address already, or there are ${most}`;
    throw new HttpError(409, 'address_taken', `url: ${message}`, { fields: { url: message } });
  }
  const place = { table: 'scrape', row: String(id), column: 'token' };
  const token = input.token ? seal(await readPublicKey(db), input.token, place) : null;
  await db.query('update scrape set token = $2, due_at = now() where id = $1', [id, token]);
  const { service: name, url } = input;
  await audit(who, 'scrape_add', id, { cluster, service: name, url, token: token !== null });
  const [made] = await readScrapes(db, { id });
  if (!made) throw notFound('scrape');
  return made;
}

export async function removeScrape(id: number, who: Who): Promise<void> {
  const { rows } = await pool().query<{ url: string }>(
    'delete from scrape where id = $1 returning url',
    [id],
  );
  if (!rows[0]) throw notFound('scrape');
  await audit(who, 'scrape_remove', id, rows[0]);
}

const audit = (who: Who, action: string, id: number, details: Record<string, unknown>) =>
  appendAudit({
    ...{ actor: who.caller.actor, ip: who.ip, action, object: `scrape ${id}`, details },
  });
