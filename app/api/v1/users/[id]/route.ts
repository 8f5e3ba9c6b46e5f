import { changeUser } from '@/lib/action/manage-access';
import { idOf, route } from '@/lib/auth/route';

export const PATCH = route('PATCH /users/{id}', ({ params, body, caller, ip }) =>
  changeUser(idOf(params.id, 'user'), body, { caller, ip }),
);
