import { replayDelivery } from '@/lib/action/manage-channels';
import { idOf, route } from '@/lib/auth/route';

export const POST = route('POST /deliveries/{id}/replay', ({ params, caller, ip }) =>
  replayDelivery(idOf(params.id, 'delivery'), { caller, ip }),
);
