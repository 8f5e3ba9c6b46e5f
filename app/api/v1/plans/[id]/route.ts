import { notFound } from '@/lib/auth/http-error';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readPlan } from '@/lib/storage/read-plans';

export const GET = route('GET /plans/{id}', async ({ params }) => {
  const plan = await readPlan(pool(), params.id ?? '');
  if (!plan) throw notFound('plan');
  return plan;
});
