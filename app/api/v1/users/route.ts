import { createUser } from '@/lib/action/manage-access';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readUsers } from '@/lib/storage/read-access';

export const GET = route('GET /users', async () => ({ users: await readUsers(pool()) }));

export const POST = route('POST /users', ({ body, caller, ip }) =>
  createUser(body, { caller, ip }),
);
