import { appendServiceMetrics } from '@/lib/storage/append-service-metrics';
import { pool } from '@/lib/storage/pool';
import { readMetrics } from './read-metrics';
import type { Received } from './receive';
import type { MetricsRequest } from './requests';

/** Keeps the requests that services say they served. */
export async function takeMetrics(request: MetricsRequest): Promise<Received> {
  const read = readMetrics(request, Date.now());
  let rejected = read.rejected;
  const reasons = new Set(read.reasons);
  for (const one of read.services) {
    const refused = await appendServiceMetrics(pool(), one);
    if (refused > 0) reasons.add('too many services or counters');
    rejected += refused;
  }
  return { rejected, message: [...reasons].join(', ') };
}
