import { decode } from 'next-auth/jwt';
import { type Role, roleField, type TokenRole } from '@/lib/contract/fields';
import { HttpError } from './http-error';
import { findSession } from './session';
import { findToken } from './token';

/** Who calls. `actor` is what the audit trail shows. */
export type Caller = {
  kind: 'user' | 'token';
  actor: string;
  name: string;
  email: string | null;
  role: TokenRole;
  userId: number | null;
  sessionId: string | null;
};

const ranks: Record<TokenRole, number> = { ingest: 0, viewer: 1, operator: 2, editor: 3, admin: 4 };

export function allows(role: TokenRole, needed: Role): boolean {
  return ranks[role] >= ranks[needed];
}

/** Secure cookies carry the `__Host-` prefix, which browsers accept over https alone. */
export function sessionCookieName(): string {
  return (process.env.NEXTAUTH_URL ?? '').startsWith('https://')
    ? '__Host-yagura.session'
    : 'yagura.session';
}

/** The secret in a session cookie's signed and encrypted content, null when it is not ours. */
export async function sessionSecretOf(cookie: string | undefined): Promise<string | null> {
  const secret = process.env.NEXTAUTH_SECRET;
  if (!cookie || !secret || cookie.length > 4096) return null;
  const token = await decode({ token: cookie, secret }).catch(() => null);
  return typeof token?.sid === 'string' ? token.sid : null;
}

/**
 * Who calls, by bearer token or session cookie.
 * @throws 401 when there is neither, or it has ended; 403 when the role is too low or the request came from another site
 */
export async function requireUser(request: Request, needed: Role): Promise<Caller> {
  const caller = await findCaller(request);
  if (!caller)
    throw new HttpError(
      401,
      'unauthenticated',
      'Sign in, or send a valid API token as a bearer token.',
    );
  if (!allows(caller.role, needed))
    throw new HttpError(
      403,
      'forbidden',
      `This needs the role ${needed}; yours is ${caller.role}.`,
    );
  if (caller.kind === 'user') refuseOtherSites(request);
  return caller;
}

async function findCaller(request: Request): Promise<Caller | null> {
  const header = request.headers.get('authorization');
  if (header !== null) {
    const token = /^Bearer ([A-Za-z0-9._~+/=-]{43,500})$/i.exec(header)?.[1];
    return token ? findToken(token) : null;
  }
  const secret = await sessionSecretOf(cookieOf(request, sessionCookieName()));
  return secret ? callerOfSession(secret) : null;
}

/** The caller of a session secret; server pages use it with their cookie. */
export async function callerOfSession(secret: string): Promise<Caller | null> {
  const found = await findSession(secret);
  const role = roleField.safeParse(found?.role);
  if (!found || !role.success) return null;
  return {
    kind: 'user',
    actor: found.email,
    name: found.name,
    email: found.email,
    role: role.data,
    userId: found.userId,
    sessionId: found.sessionId,
  };
}

/** A browser's cookie comes along also when another site sends the request: such a request may not change anything. */
export function refuseOtherSites(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const own = request.headers.get('host');
  const sameOrigin = origin !== null && URL.canParse(origin) && new URL(origin).host === own;
  if (site === 'same-origin' || (site === null && sameOrigin)) return;
  throw new HttpError(403, 'cross_site', 'The request came from another site.');
}

function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, ...rest] = part.trim().split('=');
    if (key === name) return rest.join('=');
  }
  return undefined;
}
