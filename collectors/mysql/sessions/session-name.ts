/** What names one session of MySQL or MariaDB for ever, for neither says when a session began. Pure. */
import type { ServerIdentity } from '@/collectors/run/engine';

/**
 * The start of the server and, on MySQL, the number of the thread, which no other gets while it runs. Numbers of
 * connections are given in order too, but begin anew after 2^32.
 */
export function sessionStart(server: ServerIdentity, thread: string | null): string {
  const began = new Date(Math.round(Number(server.startedAt ?? 0)) * 1000);
  const start = `${began.toISOString().slice(0, 19)}Z`;
  return thread === null ? start : `${start}#${thread}`;
}
