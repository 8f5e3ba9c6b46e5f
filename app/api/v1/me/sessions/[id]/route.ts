import { notFound } from '@/lib/auth/http-error';
import { route } from '@/lib/auth/route';
import { endSession } from '@/lib/auth/session';

export const DELETE = route('DELETE /me/sessions/{id}', async ({ caller, params }) => {
  const ended =
    caller.userId !== null &&
    /^[0-9a-f]{64}$/.test(params.id ?? '') &&
    (await endSession(caller.userId, params.id ?? ''));
  if (!ended) throw notFound('session');
});
