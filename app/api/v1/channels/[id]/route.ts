import { changeChannel, dropChannel } from '@/lib/action/manage-channels';
import { idOf, route } from '@/lib/auth/route';

export const PATCH = route('PATCH /channels/{id}', ({ params, body, caller, ip }) =>
  changeChannel(idOf(params.id, 'channel'), body, { caller, ip }),
);

export const DELETE = route('DELETE /channels/{id}', ({ params, caller, ip }) =>
  dropChannel(idOf(params.id, 'channel'), { caller, ip }),
);
