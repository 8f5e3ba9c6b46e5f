import { acknowledgeAlert } from '@/lib/action/manage-rules';
import { idOf, route } from '@/lib/auth/route';

export const POST = route('POST /alerts/{id}/ack', ({ params, body, caller, ip }) =>
  acknowledgeAlert(idOf(params.id, 'alert'), body.hours, { caller, ip }),
);
