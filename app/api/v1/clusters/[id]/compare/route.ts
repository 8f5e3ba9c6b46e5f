import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { compareHeadlines } from '@/lib/storage/compare-headlines';
import { pool } from '@/lib/storage/pool';

export const GET = route('GET /clusters/{id}/compare', async ({ params, query }) => {
  const found = await compareHeadlines(pool(), idOf(params.id, 'cluster'), query);
  if (!found) throw notFound('cluster');
  return found;
});
