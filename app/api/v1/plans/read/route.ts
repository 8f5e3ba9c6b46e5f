import { readGivenPlan } from '@/lib/action/read-given-plan';
import { route } from '@/lib/auth/route';

export const POST = route('POST /plans/read', async ({ body }) =>
  readGivenPlan(body.text, body.statement ?? ''),
);
