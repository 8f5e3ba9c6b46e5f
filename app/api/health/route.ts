import { json, publicRoute } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readHealth } from '@/lib/storage/read-health';

export const dynamic = 'force-dynamic';

export const GET = publicRoute({
  async handle() {
    const health = await readHealth(pool());
    return json(health, health.status === 'down' ? 503 : 200);
  },
});
