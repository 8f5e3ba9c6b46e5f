import { changeInstance, deleteInstance } from '@/lib/action/save-instance';
import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readInstances } from '@/lib/storage/read-instances';

export const GET = route('GET /instances/{id}', async ({ params }) => {
  const [found] = await readInstances(pool(), { id: idOf(params.id, 'instance') });
  if (!found) throw notFound('instance');
  return found;
});

export const PATCH = route('PATCH /instances/{id}', ({ params, body, caller, ip }) =>
  changeInstance(idOf(params.id, 'instance'), body, { caller, ip }),
);

export const DELETE = route('DELETE /instances/{id}', ({ params, caller, ip }) =>
  deleteInstance(idOf(params.id, 'instance'), { caller, ip }),
);
