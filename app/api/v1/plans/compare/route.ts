import { notFound } from '@/lib/auth/http-error';
import { route } from '@/lib/auth/route';
import { comparePlans } from '@/lib/plan/compare-plans';
import { pool } from '@/lib/storage/pool';
import { readPlan } from '@/lib/storage/read-plans';

export const GET = route('GET /plans/compare', async ({ query }) => {
  const a = await readPlan(pool(), query.a);
  const b = await readPlan(pool(), query.b);
  if (!a || !b) throw notFound('plan');
  return { a, b, same_shape: a.shape === b.shape, differences: comparePlans(a.root, b.root) };
});
