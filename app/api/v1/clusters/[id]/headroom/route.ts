import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readHeadroom } from '@/lib/storage/read-headroom';

export const GET = route('GET /clusters/{id}/headroom', async ({ params }) => {
  const found = await readHeadroom(pool(), idOf(params.id, 'cluster'), Date.now());
  if (!found) throw notFound('cluster');
  return found;
});
