import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readProgress } from '@/lib/storage/read-progress';

export const GET = route('GET /progress', ({ query }) => readProgress(pool(), query.instance));
