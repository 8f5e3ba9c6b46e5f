import { pool } from '@/lib/storage/pool';

/** Attempts without delay, then 2^n seconds up to 15 minutes. Nobody is locked out for good. */
const rules = [
  { prefix: 'account', free: 5 },
  { prefix: 'ip', free: 20 },
  { prefix: 'all', free: 100 },
] as const;
const longestS = 900;
/** Failures are forgotten after this long without a new one; per address and in all, a minute is the unit. */
const forgetS = { account: 3600, ip: 60, all: 60 } as const;

function keysOf(email: string, ip: string) {
  return { account: `account ${email}`, ip: `ip ${ip}`, all: 'all' };
}

/** Seconds to wait before the next attempt may be made, 0 when it may be made now. */
export async function signInDelay(email: string, ip: string): Promise<number> {
  const { rows } = await pool().query<{ wait: number }>(
    `select coalesce(max(extract(epoch from next_allowed - now())), 0)::float8 as wait
     from sign_in_throttle where key = any($1)`,
    [Object.values(keysOf(email, ip))],
  );
  return Math.max(0, Math.ceil(rows[0]?.wait ?? 0));
}

/** Counts an attempt before it is checked, so that many at once do not slip through together. */
export async function countAttempt(email: string, ip: string): Promise<void> {
  const keys = keysOf(email, ip);
  for (const { prefix, free } of rules)
    await pool().query(
      `insert into sign_in_throttle as t (key, failures, next_allowed, updated_at) values ($1, 1, now(), now())
       on conflict (key) do update set
         failures = case when t.updated_at < now() - $3 * interval '1 second' then 1 else t.failures + 1 end,
         next_allowed = case when t.updated_at < now() - $3 * interval '1 second' or t.failures < $2 then now()
           else now() + least($4, power(2, least(t.failures - $2 + 1, 20))) * interval '1 second' end,
         updated_at = now()`,
      [keys[prefix], free, forgetS[prefix], longestS],
    );
}

/** A right password clears the account's and the address's failures. */
export async function clearAttempts(email: string, ip: string): Promise<void> {
  const keys = keysOf(email, ip);
  await pool().query('delete from sign_in_throttle where key = any($1)', [[keys.account, keys.ip]]);
}
