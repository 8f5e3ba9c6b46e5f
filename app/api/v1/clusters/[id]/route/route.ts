import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { defaultMaxAgeMs, defaultMaxLagMs } from '@/lib/contract';
import { judgeCluster } from '@/lib/replication/judge-reads';
import { replicationSnapshot } from '@/lib/storage/replication-snapshot';

export const GET = route('GET /clusters/{id}/route', async ({ params, query }) => {
  const known = await replicationSnapshot.ofCluster(String(idOf(params.id, 'cluster')));
  if (!known) throw notFound('cluster');
  const { max_lag_ms = defaultMaxLagMs, max_age_ms = defaultMaxAgeMs } = query;
  return judgeCluster(known, { maxLagMs: max_lag_ms, maxAgeMs: max_age_ms }, Date.now());
});
