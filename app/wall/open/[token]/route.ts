import { publicRoute } from '@/lib/auth/route';
import { wallCookie, wallOfToken } from '@/lib/auth/wall-link';

/** The link for a screen that runs no scripts: takes the token out of the address. */
export const GET = (request: Request, context: { params: Promise<{ token: string }> }) =>
  publicRoute({
    async handle() {
      const { token } = await context.params;
      const found = await wallOfToken(token);
      // Relative, since what stands before the product may have another name.
      const headers = new Headers({
        location: found ? `/wall/${found.wall.id}` : '/wall/0',
        'cache-control': 'no-store',
      });
      if (found) headers.append('set-cookie', wallCookie(found, token));
      return new Response(null, { status: 303, headers });
    },
  })(request);
