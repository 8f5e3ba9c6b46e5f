import { route } from '@/lib/auth/route';
import { compareStatements } from '@/lib/storage/compare-statements';
import { instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';

export const GET = route('GET /statements/compare', async ({ query }) => {
  const { instance, cluster, ...rest } = query;
  const instanceIds = await instancesIn(pool(), { instance, cluster });
  return compareStatements(pool(), { ...rest, instanceIds });
});
