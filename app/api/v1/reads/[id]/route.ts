import { changeReadPath, removeReadPath } from '@/lib/action/manage-read-paths';
import { idOf, route } from '@/lib/auth/route';

export const PATCH = route('PATCH /reads/{id}', ({ params, body, caller, ip }) =>
  changeReadPath(idOf(params.id, 'read'), body, { caller, ip }),
);

export const DELETE = route('DELETE /reads/{id}', ({ params, caller, ip }) =>
  removeReadPath(idOf(params.id, 'read'), { caller, ip }),
);
