import { signalSession } from '@/lib/action/signal-session';
import { route } from '@/lib/auth/route';

export const POST = route('POST /activity/terminate', ({ body, caller, ip }) =>
  signalSession('terminate', body, { caller, ip }),
);
