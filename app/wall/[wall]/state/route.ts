import { HttpError } from '@/lib/auth/http-error';
import { clientAddress, json, publicRoute } from '@/lib/auth/route';
import { wallCookie, wallOf, wallTokenOf } from '@/lib/auth/wall-link';
import { pool } from '@/lib/storage/pool';
import { readWallState } from '@/lib/storage/read-wall-state';
import { markWallSeen } from '@/lib/storage/read-walls';

/** All that a wall shows, for its own cookie. Nothing else can be read with it. */
export const GET = (request: Request, context: { params: Promise<{ wall: string }> }) =>
  publicRoute({
    async handle() {
      const { wall: id } = await context.params;
      const token = wallTokenOf(request);
      const found = await wallOf(id, token);
      if (!found || !token) throw new HttpError(401, 'unknown', 'Open the link of the wall again.');
      if (found.refused)
        throw new HttpError(403, found.refused, `The link of this wall was ${found.refused}.`);
      void markWallSeen(pool(), Number(id), clientAddress(request)).catch(() => {});
      const answer = json(await readWallState(pool(), found.wall), 200);
      // Each answer moves the cookie's end: a screen that is on for years stays.
      answer.headers.append('set-cookie', wallCookie(found, token));
      return answer;
    },
  })(request);
