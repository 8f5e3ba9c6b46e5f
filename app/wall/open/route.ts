import { HttpError } from '@/lib/auth/http-error';
import { refuseOtherSites } from '@/lib/auth/require-user';
import { json, publicRoute } from '@/lib/auth/route';
import { wallCookie, wallOfToken } from '@/lib/auth/wall-link';
import { wallOpening } from '@/lib/contract';

/** Exchanges the token, which stood behind `#` in the address, for the cookie of its wall. */
export const POST = publicRoute({
  body: wallOpening,
  async handle({ body, request }) {
    refuseOtherSites(request);
    const found = await wallOfToken(body.token);
    if (!found) throw new HttpError(404, 'not_found', 'There is no wall of this link.');
    const answer = json({ path: `/wall/${found.wall.id}` }, 200);
    answer.headers.append('set-cookie', wallCookie(found, body.token));
    return answer;
  },
});
