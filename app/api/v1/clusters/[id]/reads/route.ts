import { addReadPath, listReadPaths } from '@/lib/action/manage-read-paths';
import { idOf, route } from '@/lib/auth/route';

export const GET = route('GET /clusters/{id}/reads', ({ params }) =>
  listReadPaths(idOf(params.id, 'cluster')),
);

export const POST = route('POST /clusters/{id}/reads', ({ params, body, caller, ip }) =>
  addReadPath(idOf(params.id, 'cluster'), body, { caller, ip }),
);
