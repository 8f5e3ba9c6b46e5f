import { createInstance } from '@/lib/action/save-instance';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readInstances } from '@/lib/storage/read-instances';

export const GET = route('GET /instances', async () => ({
  instances: await readInstances(pool()),
}));

export const POST = route('POST /instances', ({ body, caller, ip }) =>
  createInstance(body, { caller, ip }),
);
