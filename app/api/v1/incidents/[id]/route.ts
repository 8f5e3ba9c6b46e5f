import { changeIncident } from '@/lib/action/manage-incidents';
import { notFound } from '@/lib/auth/http-error';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readIncident } from '@/lib/storage/read-incidents';

export const GET = route('GET /incidents/{id}', async ({ params }) => {
  const found = await readIncident(pool(), idOf(params.id, 'incident'));
  if (!found) throw notFound('incident');
  return found;
});

export const PATCH = route('PATCH /incidents/{id}', ({ params, body, caller, ip }) =>
  changeIncident(idOf(params.id, 'incident'), body, { caller, ip }),
);
