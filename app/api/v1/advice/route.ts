import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readAdvice } from '@/lib/storage/read-advice';

export const GET = route('GET /advice', ({ query }) => readAdvice(pool(), query));
