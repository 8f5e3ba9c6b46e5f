import { revokeToken } from '@/lib/action/manage-access';
import { idOf, route } from '@/lib/auth/route';

export const DELETE = route('DELETE /tokens/{id}', ({ params, caller, ip }) =>
  revokeToken(idOf(params.id, 'token'), { caller, ip }),
);
