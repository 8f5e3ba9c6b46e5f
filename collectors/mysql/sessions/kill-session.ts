/** Ends the statement or the session of somebody, guarded: the number of a connection may be another's after a restart. */
import type { ServerIdentity, Target } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import { refused, type SignalAnswer, type SignalVerb } from '@/collectors/run/signal-job';
import { identify } from '../identify';
import { openSession, type Session } from '../session/session';
import { sessionStart } from './session-name';

/** Error 1095, ER_KILL_DENIED_ERROR, and 1227, a right that is missing, come as this. */
const denied = 'permission_denied';

/**
 * KILL takes a number only. It is given to nobody else while the server runs, but for a wrap after 2^32 connections; that it
 * still is the session meant is looked up just before, on the same connection, which a restart of the server would end.
 * @see https://dev.mysql.com/doc/refman/8.4/en/kill.html
 */
export async function killSession(
  target: Target,
  verb: SignalVerb,
  meant: { pid: number; started: string },
  applicationName: string,
): Promise<SignalAnswer> {
  let session: Session | null = null;
  try {
    session = await openSession({ ...target, database: '' }, applicationName);
    const found = await find(session, await identify(session), meant.pid);
    if (found === null || found.started !== meant.started)
      return refused(
        'gone',
        'That session has ended: the connection is gone or its number is another session by now.',
      );
    if (!found.isClient)
      return refused(
        'not_client',
        'Only sessions of clients are ended here, no threads of the server.',
      );
    if (verb === 'cancel' && found.idle)
      return refused('gone', 'The statement has ended: the session executes nothing now.');
    await session.query(`kill ${verb === 'cancel' ? 'query' : 'connection'} ${meant.pid}`, {
      doing: verb,
      timeoutMs: 2_000,
    });
    return { status: 'ok' };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'object_missing')
      return refused('gone', 'That session has ended: the connection is gone.');
    if (error.code !== denied)
      return { status: 'unavailable', code: error.code, reason: error.message, fix: error.fix };
    return refused(
      denied,
      `The login ${target.user} may not end sessions of others.`,
      `GRANT ${session?.flavour === 'mariadb' ? 'CONNECTION ADMIN' : 'CONNECTION_ADMIN'} ON *.* TO ${await account(session)};`,
    );
  } finally {
    await session?.close();
  }
}

async function find(session: Session, server: ServerIdentity, pid: number) {
  const { rows } = await session.query(
    session.flavour === 'mysql'
      ? `select thread_id, processlist_command, coalesce(processlist_user, 'system user')
  from performance_schema.threads where processlist_id = ?`
      : `select null, command, user from information_schema.processlist where id = ?`,
    { doing: 'look for the session', timeoutMs: 2_000, params: [String(pid)] },
  );
  const [thread, command, user] = rows[0] ?? [];
  if (command === undefined || command === null) return null;
  return {
    started: sessionStart(server, thread ?? null),
    idle: command === 'Sleep',
    isClient:
      user !== 'system user' &&
      user !== 'event_scheduler' &&
      !/^(Daemon|Binlog Dump)/.test(command),
  };
}

/** `yagura`@`10.0.0.5`, to be written into a GRANT. */
async function account(session: Session | null): Promise<string> {
  const asked = await session
    ?.query('select current_user()', { doing: 'name the account', timeoutMs: 1_000 })
    .catch(() => null);
  const [user = 'yagura', host = '%'] = (asked?.rows[0]?.[0] ?? '').split(/@(?=[^@]*$)/);
  const quoted = (text: string) => `\`${text.replaceAll('`', '``')}\``;
  return `${quoted(user)}@${quoted(host)}`;
}
