import { signalSession } from '@/lib/action/signal-session';
import { route } from '@/lib/auth/route';

export const POST = route('POST /activity/cancel', ({ body, caller, ip }) =>
  signalSession('cancel', body, { caller, ip }),
);
