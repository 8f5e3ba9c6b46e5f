import { addSilence } from '@/lib/action/manage-rules';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readSilences } from '@/lib/storage/read-alerts';

export const GET = route('GET /silences', async () => ({ silences: await readSilences(pool()) }));

export const POST = route('POST /silences', ({ body, caller, ip }) =>
  addSilence(body, { caller, ip }),
);
