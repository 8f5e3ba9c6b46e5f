import { changeService } from '@/lib/action/manage-objectives';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readService } from '@/lib/storage/read-services';

export const GET = route('GET /services/{id}', ({ params, query }) =>
  readService(pool(), idOf(params.id, 'service'), query),
);

export const PATCH = route('PATCH /services/{id}', ({ params, body, caller, ip }) =>
  changeService(idOf(params.id, 'service'), body, { caller, ip }),
);
