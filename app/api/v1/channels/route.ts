import { addChannel } from '@/lib/action/manage-channels';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readChannels } from '@/lib/storage/read-channels';

export const GET = route('GET /channels', async () => ({ channels: await readChannels(pool()) }));

export const POST = route('POST /channels', ({ body, caller, ip }) =>
  addChannel(body, { caller, ip }),
);
