import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readCluster } from '@/lib/storage/read-clusters';

export const GET = route('GET /clusters/{id}/replication', async ({ params }) => {
  const found = await readCluster(pool(), idOf(params.id, 'cluster'));
  if (!found) throw notFound('cluster');
  return found.replication;
});
