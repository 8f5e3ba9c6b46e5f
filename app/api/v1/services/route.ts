import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readServices } from '@/lib/storage/read-services';

export const GET = route('GET /services', async ({ query }) => ({
  window: { from: query.from, to: query.to },
  services: await readServices(pool(), query),
}));
