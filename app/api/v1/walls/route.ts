import { createWall } from '@/lib/action/manage-walls';
import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readWalls } from '@/lib/storage/read-walls';

export const GET = route('GET /walls', async () => ({ walls: await readWalls(pool()) }));

export const POST = route('POST /walls', ({ body, caller, ip }) =>
  createWall(body, { caller, ip }),
);
