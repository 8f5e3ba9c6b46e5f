import { createToken } from '@/lib/action/manage-access';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readTokens } from '@/lib/storage/read-access';

export const GET = route('GET /tokens', async () => ({ tokens: await readTokens(pool()) }));

export const POST = route('POST /tokens', ({ body, caller, ip }) =>
  createToken(body, { caller, ip }),
);
