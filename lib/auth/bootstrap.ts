import type { Pool } from 'pg';
import { hashPassword } from './password';
import { randomToken, tokenHash } from './random-token';

/** Path of the page that a one-time link opens; the token is in the fragment, which browsers never send to a server. */
export const welcomePath = (token: string) => `/welcome#${token}`;

/**
 * What must exist before anybody can sign in: the administrator and the token that the environment names, or a one-time link.
 * @returns the link's path while no user exists, else null
 * @throws one sentence when a variable is wrong
 */
export async function bootstrap(
  db: Pool,
  given: {
    adminEmail?: string | undefined;
    adminPassword?: string | undefined;
    apiToken?: string | undefined;
  },
): Promise<{ signInPath: string | null }> {
  if (given.apiToken) await ensureToken(db, given.apiToken);
  if (given.adminEmail || given.adminPassword)
    await ensureAdministrator(db, given.adminEmail ?? '', given.adminPassword ?? '');
  const { rows } = await db.query<{ n: string }>('select count(*) as n from user_account');
  if (rows[0]?.n !== '0') return { signInPath: null };
  const token = randomToken();
  await db.query('delete from sign_in_link where user_id is null');
  await db.query(
    `insert into sign_in_link (token_hash, expires_at) values ($1, now() + interval '24 hours')`,
    [tokenHash(token)],
  );
  return { signInPath: welcomePath(token) };
}

async function ensureToken(db: Pool, token: string): Promise<void> {
  if (!/^[A-Za-z0-9._~+/=-]{43,500}$/.test(token))
    throw new Error('YAGURA_API_TOKEN must be 43 or more letters, digits or . _ ~ + / = -');
  await db.query(
    `insert into api_token (name, hash, role, created_by) values ('YAGURA_API_TOKEN', $1, 'admin', 'environment')
     on conflict (hash) do nothing`,
    [tokenHash(token)],
  );
}

async function ensureAdministrator(db: Pool, email: string, password: string): Promise<void> {
  if (!/^[^@\s]+@[^@\s]+$/.test(email))
    throw new Error('YAGURA_ADMIN_EMAIL must be an e-mail address.');
  if (password.length < 12) throw new Error('YAGURA_ADMIN_PASSWORD must be 12 or more characters.');
  const known = await db.query('select from user_account where email = $1', [email.toLowerCase()]);
  if (known.rowCount) return; // Made on an earlier start; its password may have changed since.
  await db.query(
    `insert into user_account (email, name, password_hash, role) values ($1, $2, $3, 'admin')
     on conflict (email) do nothing`,
    [email.toLowerCase(), email.split('@', 1)[0], await hashPassword(password)],
  );
}
