import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readDisks } from '@/lib/storage/read-disks';

export const GET = route('GET /clusters/{id}/disks', async ({ params }) => {
  const found = await readDisks(pool(), idOf(params.id, 'cluster'), Date.now());
  if (!found) throw notFound('cluster');
  return found;
});
