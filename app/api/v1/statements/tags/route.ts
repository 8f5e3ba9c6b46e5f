import { route } from '@/lib/auth/route';
import { instancesIn } from '@/lib/storage/describe-statements';
import { pool } from '@/lib/storage/pool';
import { readTagGroups } from '@/lib/storage/read-tag-groups';

export const GET = route('GET /statements/tags', async ({ query }) => {
  const { instance, cluster, ...rest } = query;
  return readTagGroups(pool(), {
    ...rest,
    instanceIds: await instancesIn(pool(), { instance, cluster }),
  });
});
