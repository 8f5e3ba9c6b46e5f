import { route } from '@/lib/auth/route';
import { instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';
import { readExecutions } from '@/lib/storage/read-executions';

export const GET = route('GET /executions', async ({ query }) => {
  const { instance, cluster, ...window } = query;
  const instanceIds = await instancesIn(pool(), { instance, cluster });
  return readExecutions(pool(), { ...window, instanceIds });
});
