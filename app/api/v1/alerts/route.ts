import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readAlerts, readEvaluatedAt } from '@/lib/storage/read-alerts';

export const GET = route('GET /alerts', async ({ query }) => ({
  alerts: await readAlerts(pool(), query),
  evaluated_at: await readEvaluatedAt(pool()),
}));
