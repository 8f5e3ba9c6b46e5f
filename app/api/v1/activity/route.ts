import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readActivity } from '@/lib/storage/read-activity';

export const GET = route('GET /activity', ({ query }) => readActivity(pool(), query.instance));
