import { endSilence } from '@/lib/action/manage-rules';
import { idOf, route } from '@/lib/auth/route';

export const DELETE = route('DELETE /silences/{id}', ({ params, caller, ip }) =>
  endSilence(idOf(params.id, 'silence'), { caller, ip }),
);
