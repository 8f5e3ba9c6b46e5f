/** From what the driver throws to a Failure people understand. */
import { Failure, type FailureCode } from '@/collectors/run/failure';
import { RowError } from '@/lib/metric/row';

const bySqlState: Record<string, [FailureCode, fatal: boolean]> = {
  '28P01': ['auth_failed', true],
  '28000': ['login_refused', true],
  '3D000': ['unknown_database', true],
  '53300': ['too_many_connections', true],
  '57P03': ['starting', true],
  '57P01': ['shut_down', true],
  '57P02': ['shut_down', true],
  '57P05': ['shut_down', true],
  '57014': ['timeout', false],
  '55P03': ['lock_timeout', false],
  '42501': ['permission_denied', false],
  '42P01': ['object_missing', false],
  '42883': ['object_missing', false],
  '42703': ['object_missing', false],
  '40001': ['recovery_conflict', false],
};

const byErrno: Record<string, FailureCode> = {
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'connect_timeout',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
};

/** @param doing the operation's name, put in front of the server's words */
export function pgFailure(error: unknown, doing: string): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof RowError) return new Failure('wrong_shape', error.message);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const words = `${doing}: ${typeof message === 'string' && message !== '' ? message : String(code ?? error)}`;
  if (typeof code === 'string') {
    const state = bySqlState[code];
    // A conflict with recovery ends the session too when the server says "terminating connection".
    if (state !== undefined)
      return new Failure(state[0], words, null, state[1] || /terminating connection/i.test(words));
    const errno = byErrno[code];
    if (errno !== undefined) return new Failure(errno, words, null, true);
    if (/unsupported startup parameter/i.test(words))
      return new Failure(
        'pooler',
        words,
        'Connect to the database server itself: behind a pooler the answers come from changing sessions.',
        true,
      );
    if (/^(ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_SSL|HOSTNAME)/.test(code))
      return new Failure('tls_untrusted', words, null, true);
  }
  if (/does not support SSL/i.test(words))
    return new Failure(
      'tls_unavailable',
      words,
      'Turn on ssl in postgresql.conf, or choose TLS "off" where the network is trusted.',
      true,
    );
  if (/timeout expired/i.test(words)) return new Failure('connect_timeout', words, null, true);
  if (/SASL|SCRAM|password must be/i.test(words))
    return new Failure('auth_failed', words, null, true);
  if (/terminated|not queryable|closed|socket/i.test(words))
    return new Failure('connection_lost', words, null, true);
  return new Failure('not_understood', words);
}
