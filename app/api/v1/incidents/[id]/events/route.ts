import { addIncidentEvent } from '@/lib/action/manage-incidents';
import { idOf, route } from '@/lib/auth/route';

export const POST = route('POST /incidents/{id}/events', ({ params, body, caller, ip }) =>
  addIncidentEvent(idOf(params.id, 'incident'), body, { caller, ip }),
);
