import { openIncident } from '@/lib/action/manage-incidents';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readIncidents } from '@/lib/storage/read-incidents';

export const GET = route('GET /incidents', ({ query }) => readIncidents(pool(), query));

export const POST = route('POST /incidents', ({ body, caller, ip }) =>
  openIncident(body, { caller, ip }),
);
