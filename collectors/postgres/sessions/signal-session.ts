/** Ends the statement or the session of somebody, guarded: the pid alone may belong to another session by now. */
import { openSession, type Session } from '@/collectors/postgres/session/session';
import type { Target } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import { refused, type SignalAnswer, type SignalVerb } from '@/collectors/run/signal-job';

/**
 * @param started backend_start of the session that is meant, to the microsecond
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL
 */
export async function signalSession(
  target: Target,
  verb: SignalVerb,
  session: { pid: number; started: string },
  applicationName: string,
): Promise<SignalAnswer> {
  let connection: Session | null = null;
  try {
    connection = await openSession(target, applicationName);
    // One statement finds the session by both and signals it: nothing can take its place in between.
    const { rows } = await connection.query(
      `select backend_type, case when backend_type = 'client backend' and pid <> pg_backend_pid()
          then pg_${verb}_backend(pid) end
        from pg_stat_activity where pid = $1::bigint and backend_start = $2::timestamptz`,
      { doing: verb, timeoutMs: 2_000, params: [String(session.pid), session.started] },
    );
    const [kind, done] = rows[0] ?? [];
    if (kind === undefined)
      return refused(
        'gone',
        'That session has ended: the process is gone or serves somebody else.',
      );
    if (done === null || done === undefined)
      return refused('not_client', `Only sessions of clients are ended here; this is a ${kind}.`);
    return done === 't' ? { status: 'ok' } : refused('gone', 'The server could not signal it.');
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code !== 'permission_denied')
      return { status: 'unavailable', code: error.code, reason: error.message, fix: error.fix };
    const role = `"${target.user.replaceAll('"', '""')}"`;
    return refused(
      'permission_denied',
      `The login ${target.user} may not end sessions of others. Sessions of a superuser it never may.`,
      `GRANT pg_signal_backend TO ${role};`,
    );
  } finally {
    await connection?.close();
  }
}
