import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readSessions } from '@/lib/storage/read-access';

export const GET = route('GET /me', async ({ caller }) => ({
  name: caller.name,
  email: caller.email,
  role: caller.role,
  kind: caller.kind,
  sessions:
    caller.userId === null ? [] : await readSessions(pool(), caller.userId, caller.sessionId),
}));
