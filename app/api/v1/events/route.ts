import { addEvent } from '@/lib/action/add-event';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readEvents } from '@/lib/storage/read-events';

export const GET = route('GET /events', async ({ query }) => ({
  events: await readEvents(pool(), query),
}));

export const POST = route('POST /events', ({ body, caller, ip }) => addEvent(body, { caller, ip }));
