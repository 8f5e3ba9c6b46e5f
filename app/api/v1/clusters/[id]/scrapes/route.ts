import { addScrape } from '@/lib/action/manage-scrapes';
import { idOf, route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readScrapes } from '@/lib/storage/read-scrapes';

export const GET = route('GET /clusters/{id}/scrapes', async ({ params }) => ({
  scrapes: await readScrapes(pool(), { cluster: idOf(params.id, 'cluster') }),
}));

export const POST = route('POST /clusters/{id}/scrapes', ({ params, body, caller, ip }) =>
  addScrape(idOf(params.id, 'cluster'), body, { caller, ip }),
);
