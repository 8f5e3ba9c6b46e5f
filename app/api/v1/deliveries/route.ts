import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readDeliveries } from '@/lib/storage/read-channels';

export const GET = route('GET /deliveries', async ({ query }) => ({
  deliveries: await readDeliveries(pool(), query),
}));
