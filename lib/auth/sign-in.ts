import type { AuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { pool } from '@/lib/storage/pool';
import { appendAudit } from './audit';
import { verifyPassword } from './password';
import { sessionCookieName } from './require-user';
import { endSessionBySecret, startSession } from './session';
import { clearAttempts, countAttempt, signInDelay } from './throttle';

type Account = {
  id: number;
  email: string;
  name: string;
  password_hash: string | null;
  version: number;
};

/** next-auth's part: the form's protocol and the cookie. The cookie holds only a session's secret; all else is read per request. */
export function authOptions(): AuthOptions {
  const secure = sessionCookieName().startsWith('__Host-');
  return {
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        authorize: async (given, request) => {
          const headers = (request.headers ?? {}) as Record<string, string | undefined>;
          return signIn(
            String(given?.email ?? ''),
            String(given?.password ?? ''),
            headers['x-yagura-client'] ?? 'unknown',
            headers['user-agent'] ?? null,
          );
        },
      }),
    ],
    session: { strategy: 'jwt', maxAge: 12 * 3600 },
    secret: process.env.NEXTAUTH_SECRET ?? '',
    pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/sign-in' },
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      },
    },
    callbacks: {
      jwt: ({ token, user }) => (user ? { sid: user.id } : token),
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url, baseUrl }) => safeRedirect(url, baseUrl),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid === 'string') await endSessionBySecret(token.sid);
      },
    },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
  };
}

/** The same site and nothing that a browser reads as another one. */
export function safeRedirect(url: string, baseUrl: string): string {
  if (!URL.canParse(url, baseUrl)) return baseUrl;
  const target = new URL(url, baseUrl);
  return target.origin === new URL(baseUrl).origin ? target.href : baseUrl;
}

/** Null for a wrong password, an unknown user and a disabled one alike, after the same time. */
async function signIn(given: string, password: string, ip: string, userAgent: string | null) {
  const email = given.trim().toLowerCase().slice(0, 254);
  const wait = await signInDelay(email, ip);
  if (wait > 0) throw new Error(`wait ${wait}`);
  await countAttempt(email, ip);
  const { rows } = await pool().query<Account>(
    'select id, email, name, password_hash, version from user_account where email = $1 and disabled_at is null',
    [email],
  );
  const user = rows[0];
  const right = await verifyPassword(user?.password_hash ?? null, password.slice(0, 1000));
  if (!user || !right) {
    await appendAudit({
      actor: email || '(none)',
      ip,
      action: 'sign_in_failed',
      object: 'session',
    });
    return null;
  }
  await clearAttempts(email, ip);
  await appendAudit({ actor: user.email, ip, action: 'sign_in', object: 'session' });
  return { id: await startSession(user, ip, userAgent) };
}
