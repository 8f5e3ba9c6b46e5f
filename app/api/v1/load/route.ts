import { route } from '@/lib/auth/route';
import { instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';
import { readLoad } from '@/lib/storage/read-load';

export const GET = route('GET /load', async ({ query }) => {
  const { instance, cluster, from, to, points, by, top, ...filter } = query;
  const instanceIds = await instancesIn(pool(), { instance, cluster });
  return readLoad(pool(), { instanceIds, from, to, points, by, top, filter });
});
