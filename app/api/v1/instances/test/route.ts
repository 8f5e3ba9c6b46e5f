import { testConnection } from '@/lib/action/test-connection';
import { route } from '@/lib/auth/route';

export const POST = route('POST /instances/test', ({ body, caller, ip }) =>
  testConnection(body, { caller, ip }),
);
