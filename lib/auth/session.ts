import { pool } from '@/lib/storage/pool';
import { randomToken, tokenHash } from './random-token';

export type SignedIn = {
  sessionId: string;
  userId: number;
  email: string;
  name: string;
  role: string;
};

const idleMinutes = 30;
const absoluteHours = 12;
/** A revoked session ends everywhere within this time. */
const cacheMs = 3000;
const cache = new Map<string, { at: number; found: SignedIn | null }>();

/** @returns the session's secret, which goes into the browser's cookie and nowhere else */
export async function startSession(
  user: { id: number; version: number },
  ip: string | null,
  userAgent: string | null,
): Promise<string> {
  const secret = randomToken();
  await pool().query(
    'insert into session (id, user_id, user_version, ip, user_agent) values ($1, $2, $3, $4, $5)',
    [tokenHash(secret), user.id, user.version, ip, userAgent?.slice(0, 300) ?? null],
  );
  return secret;
}

/** The user of a session secret; null when it ended: revoked, idle for 30 minutes, 12 hours old, user changed or disabled. */
export async function findSession(secret: string): Promise<SignedIn | null> {
  const id = tokenHash(secret);
  const cached = cache.get(id);
  if (cached && Date.now() - cached.at < cacheMs) return cached.found;
  const { rows } = await pool().query<SignedIn>(
    `update session s set last_seen = now() from user_account u
     where s.id = $1 and u.id = s.user_id and s.revoked_at is null and u.disabled_at is null
       and u.version = s.user_version and s.last_seen > now() - $2 * interval '1 minute'
       and s.created_at > now() - $3 * interval '1 hour'
     returning s.id as "sessionId", u.id as "userId", u.email, u.name, u.role`,
    [id, idleMinutes, absoluteHours],
  );
  const found = rows[0] ?? null;
  if (cache.size > 10_000) cache.clear();
  cache.set(id, { at: Date.now(), found });
  return found;
}

/** Ends one session of a user. */
export async function endSession(userId: number, sessionId: string): Promise<boolean> {
  const { rowCount } = await pool().query(
    'update session set revoked_at = now() where id = $1 and user_id = $2 and revoked_at is null',
    [sessionId, userId],
  );
  cache.delete(sessionId);
  return rowCount === 1;
}

/** Ends a session by its secret, at sign-out. */
export async function endSessionBySecret(secret: string): Promise<void> {
  const id = tokenHash(secret);
  await pool().query('update session set revoked_at = now() where id = $1', [id]);
  cache.delete(id);
}
