import { changeObjective, removeObjective } from '@/lib/action/manage-objectives';
import { idOf, route } from '@/lib/auth/route';

export const PATCH = route('PATCH /objectives/{id}', ({ params, body, caller, ip }) =>
  changeObjective(idOf(params.id, 'objective'), body, { caller, ip }),
);

export const DELETE = route('DELETE /objectives/{id}', ({ params, caller, ip }) =>
  removeObjective(idOf(params.id, 'objective'), { caller, ip }),
);
