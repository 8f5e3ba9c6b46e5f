import { explainStatement } from '@/lib/action/explain-statement';
import { idOf, route } from '@/lib/auth/route';
import { statementIdOf } from '@/lib/auth/statement-id';

export const POST = route('POST /statements/{id}/explain', ({ params, body, caller, ip }) =>
  explainStatement(statementIdOf(params.id), idOf(body.instance, 'instance'), body.fresh ?? false, {
    caller,
    ip,
  }),
);
