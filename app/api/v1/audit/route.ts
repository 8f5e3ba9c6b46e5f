import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readAudit } from '@/lib/storage/read-access';

export const GET = route('GET /audit', ({ query }) => readAudit(pool(), query.limit));
