import { route } from '@/lib/auth/route';
import { describeStatements, instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';

export const GET = route('GET /statements', async ({ query }) => {
  const { instance, cluster, database, user, search, table, kind, application, tag, ...window } =
    query;
  return describeStatements(pool(), {
    ...window,
    instanceIds: await instancesIn(pool(), { instance, cluster }),
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    ...(search !== undefined && { search }),
    ...(table !== undefined && { table }),
    ...(kind !== undefined && { kind }),
    ...(application !== undefined && { application }),
    ...(tag !== undefined && { tag }),
  });
});
