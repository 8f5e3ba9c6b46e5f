/** Signs a browser in without the form, for tests and pictures of what lies behind it. */
import type { BrowserContext } from 'playwright';

/** The administrator that the environment names; the shared development one when it names none. */
export function administrator(): { email: string; password: string } {
  return {
    email: process.env.YAGURA_ADMIN_EMAIL ?? 'admin@example.com',
    password: process.env.YAGURA_ADMIN_PASSWORD ?? 'correct-horse-battery',
  };
}

/**
 * The sign-in form's own protocol: token against forged requests, then the credentials. The cookie stays in the context.
 * @throws when the server refuses.
 */
export async function signIn(context: BrowserContext, url: string): Promise<void> {
  const api = context.request;
  const csrf = (await (await api.get(new URL('/api/auth/csrf', url).href)).json()) as {
    csrfToken: string;
  };
  const origin = new URL(url).origin;
  const answer = await api.post(new URL('/api/auth/callback/credentials', url).href, {
    headers: { origin },
    form: { ...administrator(), csrfToken: csrf.csrfToken, callbackUrl: origin, json: 'true' },
  });
  const me = await api.get(new URL('/api/v1/me', url).href);
  if (!me.ok()) throw new Error(`sign-in refused: ${answer.status()} ${await answer.text()}`);
}
