import { appendAudit } from '@/lib/auth/audit';
import { welcomePath } from '@/lib/auth/bootstrap';
import { HttpError, invalid, notFound } from '@/lib/auth/http-error';
import { hashPassword } from '@/lib/auth/password';
import { randomToken, tokenHash } from '@/lib/auth/random-token';
import type { Caller } from '@/lib/auth/require-user';
import { forgetTokens } from '@/lib/auth/token';
import type { Role, TokenBody, TokenRole, UserBody } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { readTokens, readUsers } from '@/lib/storage/read-access';

type Who = { caller: Caller; ip: string | null };
const audit = (who: Who, action: string, object: string, details: Record<string, unknown> = {}) =>
  appendAudit({ actor: who.caller.actor, ip: who.ip, action, object, details });

/** @returns the token itself, this one time; only its hash is kept */
export async function createToken(
  input: { name: string; role: TokenRole; expires_days?: number | null | undefined },
  who: Who,
): Promise<TokenBody & { token: string }> {
  const token = randomToken();
  const { rows } = await pool().query<{ id: number }>(
    `insert into api_token (name, hash, role, created_by, expires_at)
     values ($1, $2, $3, $4, now() + $5 * interval '1 day') returning id`,
    [input.name, tokenHash(token), input.role, who.caller.actor, input.expires_days ?? null],
  );
  const [made] = await readTokens(pool(), rows[0]?.id);
  if (!made) throw notFound('token');
  await audit(who, 'token_create', `token ${made.id}`, { name: input.name, role: input.role });
  return { ...made, token };
}

export async function revokeToken(id: number, who: Who): Promise<void> {
  const { rowCount } = await pool().query(
    'update api_token set revoked_at = coalesce(revoked_at, now()) where id = $1',
    [id],
  );
  if (!rowCount) throw notFound('token');
  forgetTokens();
  await audit(who, 'token_revoke', `token ${id}`);
}

/** The new user chooses a password through a one-time link, which ends after 24 hours. */
export async function createUser(
  input: { email: string; name: string; role: Role },
  who: Who,
): Promise<UserBody & { sign_in_path: string }> {
  const token = randomToken();
  const { rows } = await pool().query<{ id: number }>(
    `with made as (insert into user_account (email, name, role) values ($1, $2, $3)
       on conflict (email) do nothing returning id),
     link as (insert into sign_in_link (token_hash, user_id, expires_at)
       select $4, id, now() + interval '24 hours' from made)
     select id from made`,
    [input.email, input.name, input.role, tokenHash(token)],
  );
  const id = rows[0]?.id;
  if (id === undefined)
    throw new HttpError(409, 'email_taken', 'email: is another user’s address', {
      fields: { email: 'is another user’s address' },
    });
  await audit(who, 'user_create', `user ${id}`, { role: input.role });
  const [made] = await readUsers(pool(), id);
  if (!made) throw notFound('user');
  return { ...made, sign_in_path: welcomePath(token) };
}

/** A change of role, or disabling, ends the user's sessions. The last administrator stays one. */
export async function changeUser(
  id: number,
  patch: { name?: string | undefined; role?: Role | undefined; disabled?: boolean | undefined },
  who: Who,
): Promise<UserBody> {
  const db = await pool().connect();
  try {
    await db.query('begin');
    await db.query('lock table user_account in share row exclusive mode');
    const { rowCount } = await db.query(
      `update user_account set name = coalesce($2, name), role = coalesce($3, role),
         version = version + case when $3 is distinct from role and $3 is not null or $4 then 1 else 0 end,
         disabled_at = case when $4 then coalesce(disabled_at, now()) when not $4 then null else disabled_at end
       where id = $1`,
      [id, patch.name ?? null, patch.role ?? null, patch.disabled ?? null],
    );
    if (!rowCount) throw notFound('user');
    const { rows } = await db.query(
      `select from user_account where role = 'admin' and disabled_at is null`,
    );
    if (rows.length === 0) throw invalid('role', 'is the last administrator’s: name another first');
    await db.query('commit');
  } catch (error) {
    await db.query('rollback').catch(() => {});
    throw error;
  } finally {
    db.release();
  }
  await audit(who, 'user_change', `user ${id}`, patch);
  const [changed] = await readUsers(pool(), id);
  if (!changed) throw notFound('user');
  return changed;
}

/** Uses up a one-time link: makes the first administrator, or gives a new user a password. */
export async function acceptSignInLink(
  input: {
    token: string;
    email?: string | undefined;
    name?: string | undefined;
    password: string;
  },
  ip: string | null,
): Promise<{ email: string }> {
  const hash = await hashPassword(input.password);
  const db = await pool().connect();
  try {
    await db.query('begin');
    const { rows } = await db.query<{ user_id: number | null }>(
      `update sign_in_link set used_at = now()
       where token_hash = $1 and used_at is null and expires_at > now() returning user_id`,
      [tokenHash(input.token)],
    );
    const link = rows[0];
    if (!link) throw invalid('token', 'was used already, has ended, or is not a sign-in link');
    let email: string | undefined;
    if (link.user_id === null) {
      if (!input.email) throw invalid('email', 'is empty');
      await db.query('lock table user_account in share row exclusive mode');
      const made = await db.query<{ email: string }>(
        `insert into user_account (email, name, password_hash, role)
         select $1, $2, $3, 'admin' where not exists (select from user_account) returning email`,
        [input.email, input.name ?? input.email.split('@', 1)[0], hash],
      );
      if (!made.rowCount) throw invalid('token', 'is of no use: an administrator exists already');
      email = made.rows[0]?.email;
    } else {
      const changed = await db.query<{ email: string }>(
        'update user_account set password_hash = $2, version = version + 1 where id = $1 returning email',
        [link.user_id, hash],
      );
      email = changed.rows[0]?.email;
    }
    await db.query('commit');
    await appendAudit({ actor: email ?? '', ip, action: 'password_set', object: 'user' });
    return { email: email ?? '' };
  } catch (error) {
    await db.query('rollback').catch(() => {});
    throw error;
  } finally {
    db.release();
  }
}
