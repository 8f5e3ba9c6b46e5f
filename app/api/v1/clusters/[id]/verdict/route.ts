import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readVerdict } from '@/lib/storage/read-verdict';

export const GET = route('GET /clusters/{id}/verdict', async ({ params }) => {
  const found = await readVerdict(pool(), idOf(params.id, 'cluster'), Date.now());
  if (!found) throw notFound('cluster');
  return found;
});
