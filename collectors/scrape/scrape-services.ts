/** Fetches the metrics of applications that are listed, each by one collector at a time. */
import type { Pool } from 'pg';
import { Failure } from '@/collectors/run/failure';
import { fetchText } from '@/collectors/run/fetch-text';
import { asFailure } from '@/collectors/run/make-reading';
import { ExpositionError, parseExposition } from '@/lib/metric/parse-exposition';
import type { ServiceName } from '@/lib/otlp/describe-service';
import { announcesRequests, isRequestSample, readExposition } from '@/lib/otlp/read-exposition';
import { open } from '@/lib/secret/open';
import { appendServiceMetrics } from '@/lib/storage/append-service-metrics';

export const scrapeEveryMs = 15_000;
const limits = { timeoutMs: 5_000, maxBytes: 8 * 1024 * 1024 };
const mostAtOnce = 20;

type Target = ServiceName & { id: number; url: string; token: string | null };

/** Whatever is due is fetched; each failure is kept with its target and holds up no other. */
export async function scrapeServices(db: Pool, rootKey: string): Promise<void> {
  await Promise.all((await claim(db)).map((target) => scrapeOne(db, rootKey, target)));
}

/** Moved on before it is fetched: a collector that dies in between costs one reading, and nobody waits for it. */
async function claim(db: Pool): Promise<Target[]> {
  const { rows } = await db.query<Target>(
    `update scrape set due_at = greatest(due_at + $1 * interval '1 ms', now() + $1 * interval '0.5 ms')
     from service where service.id = scrape.service_id and scrape.id in
       (select id from scrape where due_at <= now() order by due_at limit $2 for update skip locked)
     returning scrape.id, url, token, name, namespace, environment`,
    [scrapeEveryMs, mostAtOnce],
  );
  return rows;
}

async function scrapeOne(db: Pool, rootKey: string, target: Target): Promise<void> {
  const { id, name, namespace, environment } = target;
  let points = 0;
  let failure: Failure | null = null;
  try {
    const read = await fetchPoints(rootKey, target);
    points = read.length;
    await appendServiceMetrics(db, { service: { name, namespace, environment }, points: read });
  } catch (error) {
    failure = asFailure(error);
  }
  await db.query(
    `update scrape set last_at = now(), last_ok_at = case when $2::jsonb is null then now() else last_ok_at end,
       points = $3, error = $2 where id = $1`,
    [id, failure === null ? null : JSON.stringify(failure), points],
  );
}

async function fetchPoints(rootKey: string, { id, url, token }: Target) {
  const place = { table: 'scrape', row: String(id), column: 'token' };
  const bearer = token === null ? null : openToken(rootKey, token, place);
  const text = await fetchText(url, { ...limits, bearer });
  const at = Date.now();
  let samples: ReturnType<typeof parseExposition>;
  try {
    samples = parseExposition(text, { wanted: isRequestSample, maxSamples: 50_000 });
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    throw new Failure('wrong_shape', error.message, 'Give the address of /metrics.');
  }
  const read = readExposition(samples, `${id} ${url}`, at);
  if (read === null && announcesRequests(text)) return [];
  if (read === null)
    throw new Failure(
      'wrong_shape',
      'it has no histogram of requests: http_server_request_duration_seconds, http_server_duration_milliseconds or http_request_duration_seconds',
      'Let the application write one of these, with route, method and status as labels.',
    );
  if (read.points.length === 0 && read.rejected > 0)
    throw new Failure('wrong_shape', 'the buckets of its histogram contradict their count');
  return read.points;
}

function openToken(rootKey: string, token: string, place: Parameters<typeof open>[2]): string {
  try {
    return open(rootKey, token, place);
  } catch {
    throw new Failure(
      'secret_unreadable',
      'the token was sealed with another key',
      'Add this address anew, with its token.',
    );
  }
}
