import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readSettings } from '@/lib/storage/read-settings';

export const GET = route('GET /instances/{id}/settings', ({ params }) =>
  readSettings(pool(), idOf(params.id, 'instance')),
);
