import { route } from '@/lib/auth/route';
import { instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';
import { readTables } from '@/lib/storage/read-tables';

export const GET = route('GET /tables', async ({ query }) => {
  const { instance, cluster, ...rest } = query;
  return readTables(pool(), {
    ...rest,
    instanceIds: await instancesIn(pool(), { instance, cluster }),
  });
});
