import { addObjective } from '@/lib/action/manage-objectives';
import { idOf, route } from '@/lib/auth/route';

export const POST = route('POST /services/{id}/objectives', ({ params, body, caller, ip }) =>
  addObjective(idOf(params.id, 'service'), body, { caller, ip }),
);
