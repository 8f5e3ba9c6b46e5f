import { type TokenRole, tokenRoleField } from '@/lib/contract/fields';
import { pool } from '@/lib/storage/pool';
import { tokenHash } from './random-token';
import type { Caller } from './require-user';

/** A token is looked up anew after this long, beside the request that comes then. */
const freshMs = 2000;
/** A request waits for the look-up after this long: a revoked token ends everywhere within this time. */
const cacheMs = 5000;
type Entry = { at: number; caller: Caller; again?: Promise<unknown> | undefined };
/** Valid tokens only, by their hash: what strangers send is not kept. */
const cache = new Map<string, Entry>();

/** The caller of a valid API token. Asked a thousand times a second, it asks the store once in 2 s and nobody waits. */
export async function findToken(token: string): Promise<Caller | null> {
  const hash = tokenHash(token);
  const cached = cache.get(hash);
  const age = cached ? Date.now() - cached.at : Number.POSITIVE_INFINITY;
  if (!cached || age > cacheMs) return look(hash);
  if (age > freshMs)
    cached.again ??= look(hash)
      .catch(() => {})
      .finally(() => {
        cached.again = undefined;
      });
  return cached.caller;
}

/** After a revocation: this process hears of it at once, others within 5 s. */
export function forgetTokens(): void {
  cache.clear();
}

async function look(hash: string): Promise<Caller | null> {
  const at = Date.now();
  const { rows } = await pool().query<{ id: number; name: string; role: TokenRole }>(
    `select id, name, role from api_token
     where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    [hash],
  );
  const found = rows[0];
  const role = tokenRoleField.safeParse(found?.role);
  if (!found || !role.success) {
    cache.delete(hash);
    return null;
  }
  const caller: Caller = {
    kind: 'token',
    actor: `token ${found.name}`,
    name: found.name,
    email: null,
    role: role.data,
    userId: null,
    sessionId: null,
  };
  if (cache.size > 1000) cache.clear();
  cache.set(hash, { at, caller });
  // Once a minute is enough to know whether a token is in use.
  void pool()
    .query(
      `update api_token set last_used = now() where id = $1 and (last_used is null or last_used < now() - interval '1 minute')`,
      [found.id],
    )
    .catch(() => {});
  return caller;
}
