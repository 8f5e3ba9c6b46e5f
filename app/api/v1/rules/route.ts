import { metrics } from '@/collectors/catalog';
import { changeRule, dropRule, makeRule } from '@/lib/action/manage-rules';
import { defaultRules } from '@/lib/alert/rules';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readEvaluatedAt, readRuleBodies } from '@/lib/storage/read-alerts';

export const GET = route('GET /rules', async () => ({
  rules: await readRuleBodies(pool(), defaultRules(metrics)),
  evaluated_at: await readEvaluatedAt(pool()),
}));

export const POST = route('POST /rules', ({ body, caller, ip }) =>
  makeRule(body, metrics, { caller, ip }),
);

export const PATCH = route('PATCH /rules', ({ body, caller, ip }) =>
  changeRule(body, metrics, { caller, ip }),
);

export const DELETE = route('DELETE /rules', ({ query, caller, ip }) =>
  dropRule(query.id, { caller, ip }),
);
