import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readInstanceHealth } from '@/lib/storage/read-metric-health';

export const GET = route('GET /instances/{id}/health', ({ params }) =>
  readInstanceHealth(pool(), idOf(params.id, 'instance')),
);
