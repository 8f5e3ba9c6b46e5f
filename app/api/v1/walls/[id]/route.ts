import { changeWall, revokeWall } from '@/lib/action/manage-walls';
import { idOf, route } from '@/lib/auth/route';

export const PATCH = route('PATCH /walls/{id}', ({ params, body, caller, ip }) =>
  changeWall(idOf(params.id, 'wall'), body, { caller, ip }),
);

export const DELETE = route('DELETE /walls/{id}', ({ params, caller, ip }) =>
  revokeWall(idOf(params.id, 'wall'), { caller, ip }),
);
