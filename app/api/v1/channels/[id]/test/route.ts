import { testChannel } from '@/lib/action/manage-channels';
import { idOf, route } from '@/lib/auth/route';

export const POST = route('POST /channels/{id}/test', ({ params, caller, ip }) =>
  testChannel(idOf(params.id, 'channel'), { caller, ip }),
);
