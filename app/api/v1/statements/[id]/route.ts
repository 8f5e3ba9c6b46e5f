import { route } from '@/lib/auth/route';
import { statementIdOf } from '@/lib/auth/statement-id';
import { describeStatement, instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';

export const GET = route('GET /statements/{id}', async ({ params, query }) => {
  const { instance, cluster, ...window } = query;
  const instanceIds = await instancesIn(pool(), { instance, cluster });
  return describeStatement(pool(), { ...window, id: statementIdOf(params.id), instanceIds });
});
