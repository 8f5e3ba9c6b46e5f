import { notFound } from '@/lib/auth/http-error';
import { idOf, json, route } from '@/lib/auth/route';
import { defaultMaxAgeMs, defaultMaxLagMs } from '@/lib/contract';
import { judgeInstance } from '@/lib/replication/judge-reads';
import { replicationSnapshot } from '@/lib/storage/replication-snapshot';

export const GET = route('GET /instances/{id}/check', async ({ params, query }) => {
  const id = String(idOf(params.id, 'instance'));
  const known = await replicationSnapshot.ofInstance(id);
  const { max_lag_ms = defaultMaxLagMs, max_age_ms = defaultMaxAgeMs, role = 'replica' } = query;
  const wish = { maxLagMs: max_lag_ms, maxAgeMs: max_age_ms };
  const judged = known && judgeInstance(known, id, role, wish, Date.now());
  if (!judged) throw notFound('instance');
  return json(judged, judged.eligible ? 200 : 503);
});
