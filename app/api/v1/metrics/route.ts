import { metrics } from '@/collectors/catalog';
import { route, textType } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readExposition } from '@/lib/storage/read-exposition';

export const GET = route(
  'GET /metrics',
  async () => new Response(await readExposition(pool(), metrics), { headers: textType }),
);
