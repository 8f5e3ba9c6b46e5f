import { route } from '@/lib/auth/route';
import { instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';
import { readTable } from '@/lib/storage/read-table';

export const GET = route('GET /tables/{id}', async ({ params, query }) => {
  const { instance, cluster, ...rest } = query;
  const instanceIds = await instancesIn(pool(), { instance, cluster });
  return readTable(pool(), { ...rest, name: params.id ?? '', instanceIds });
});
