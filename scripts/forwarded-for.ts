/**
 * What x-forwarded-for may say. Next keeps what a client claims, by which one would choose the address that attempts to sign
 * in are counted for, and that the audit trail shows.
 * @param behindProxy NEXTAUTH_URL names a public address: who connects is the proxy, and the last address is what it saw
 */
export function forwardedFor(
  claimed: string | string[] | undefined,
  connected: string | undefined,
  behindProxy: boolean,
): string {
  const given = Array.isArray(claimed) ? claimed.join(', ') : claimed;
  const socket = connected?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown';
  return behindProxy && given ? given : socket;
}
