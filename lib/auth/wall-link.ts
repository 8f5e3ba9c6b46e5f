/** The way of a wall's link: its token once in the address, then in a cookie that only this wall's own pages get. */
import { wallToken } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { type FoundWall, findWall } from '@/lib/storage/read-walls';
import { tokenHash } from './random-token';

const overHttps = () => (process.env.NEXTAUTH_URL ?? '').startsWith('https://');

/** `__Host-` would need the path `/`, and so send the token to every page; `__Secure-` does not. */
export const wallCookieName = () => (overHttps() ? '__Secure-yagura.wall' : 'yagura.wall');

/** What browsers keep a cookie for at most. */
const longestSeconds = 400 * 86_400;

/** The cookie of an opened wall. Several walls may be open in one browser: each has its own path. */
export function wallCookie(found: FoundWall, token: string): string {
  const { id, expires_at } = found.wall;
  const left = expires_at === null ? longestSeconds : Math.ceil((expires_at - Date.now()) / 1000);
  // A week longer than the link, so that the screen says that it ended and not that there is none.
  const seconds = Math.min(longestSeconds, Math.max(0, left) + 7 * 86_400);
  const flags = `Path=/wall/${id}; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
  return `${wallCookieName()}=${token}; ${flags}${overHttps() ? '; Secure' : ''}`;
}

/** The wall of a token; null for what is not one. Anything of another form is not looked up. */
export async function wallOfToken(token: string | undefined): Promise<FoundWall | null> {
  return wallToken.safeParse(token).success ? findWall(pool(), tokenHash(token ?? '')) : null;
}

/** The same, only when it is the wall of this number: a cookie sent along by hand opens no other. */
export async function wallOf(id: string, token: string | undefined): Promise<FoundWall | null> {
  const found = await wallOfToken(token);
  return found?.wall.id === id ? found : null;
}

/** The cookie's token in the headers of a request. */
export function wallTokenOf(request: Request): string | undefined {
  const prefix = `${wallCookieName()}=`;
  return (request.headers.get('cookie') ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}
