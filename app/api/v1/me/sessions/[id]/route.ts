import { notFound } from '@/lib/auth/http-error';
import { route } from '@/lib/auth/route';
import { endSession } from '@/lib/auth/session';

export const DELETE = route('DELETE /me/sessions/{id}', async ({ caller, params }) => {
  const ended =
    caller.userId !== null &&
    (await endSession(caller.userId, params.id?.replaceAll('\u0000', '') ?? ''));
  if (!ended) throw notFound('session');
});
