/** From what the driver throws to a Failure people understand. */
import { Failure, type FailureCode } from '@/collectors/run/failure';
import { RowError } from '@/lib/metric/row';

/** Error numbers of both servers: "Server Error Message Reference" and MariaDB's "Error Codes"; 2000 and up are the client's. */
const byNumber: Record<number, [FailureCode, fatal: boolean]> = {
  1040: ['too_many_connections', true],
  1044: ['permission_denied', false],
  1045: ['auth_failed', true],
  1049: ['unknown_database', true],
  1053: ['shut_down', true],
  1054: ['object_missing', false],
  1094: ['object_missing', false], // No such connection to kill.
  1095: ['permission_denied', false],
  1109: ['object_missing', false],
  1142: ['permission_denied', false],
  1143: ['permission_denied', false],
  1146: ['object_missing', false],
  1193: ['object_missing', false],
  1203: ['too_many_own_connections', true],
  1205: ['lock_timeout', false],
  1226: ['too_many_own_connections', true],
  1227: ['permission_denied', false],
  1317: ['timeout', false],
  1370: ['permission_denied', false],
  1698: ['auth_failed', true],
  1820: ['login_refused', true], // The password has expired.
  1862: ['login_refused', true],
  1927: ['connection_lost', true], // MariaDB: the connection was killed.
  1969: ['timeout', false], // MariaDB: max_statement_time.
  2006: ['connection_lost', true],
  2013: ['connection_lost', true],
  3024: ['timeout', false], // MySQL: max_execution_time.
  3118: ['login_refused', true], // The account is locked.
  3159: ['tls_unavailable', true], // The server wants TLS.
  3169: ['connection_lost', true], // The session was killed.
  4031: ['connection_lost', true], // Idle for too long.
  4151: ['login_refused', true], // MariaDB: the account is locked.
};

const byCode: Record<string, FailureCode> = {
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'connect_timeout',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  PROTOCOL_CONNECTION_LOST: 'connection_lost',
  HANDSHAKE_NO_SSL_SUPPORT: 'tls_unavailable',
  HANDSHAKE_SSL_ERROR: 'tls_untrusted',
  MYSQL_CLEAR_PASSWORD_NOT_ENABLED: 'weak_auth_refused',
};

const fixes: Partial<Record<FailureCode, string>> = {
  tls_unavailable:
    'Give the server a certificate (ssl_cert, ssl_key), or choose TLS "off" where the network is trusted.',
  weak_auth_refused: 'Use caching_sha2_password with TLS, or TLS "verify-full".',
};

/** @param doing the operation's name, put in front of the server's words */
export function mysqlFailure(error: unknown, doing: string): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof RowError) return new Failure('wrong_shape', error.message);
  const { errno, code, message } = error as { errno?: unknown; code?: unknown; message?: unknown };
  const words = `${doing}: ${typeof message === 'string' && message !== '' ? message : String(code ?? error)}`;
  const numbered = typeof errno === 'number' ? byNumber[errno] : undefined;
  if (numbered) return new Failure(numbered[0], words, fixes[numbered[0]] ?? null, numbered[1]);
  if (typeof code === 'string') {
    const known = byCode[code];
    if (known) return new Failure(known, words, fixes[known] ?? null, true);
    if (/^(ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_SSL|HOSTNAME)/.test(code))
      return new Failure('tls_untrusted', words, null, true);
  }
  if (/unknown plugin/i.test(words))
    return new Failure(
      'auth_failed',
      words,
      'Use caching_sha2_password (MySQL) or mysql_native_password (MariaDB) for this account.',
      true,
    );
  if (/closed|socket|connection lost/i.test(words))
    return new Failure('connection_lost', words, null, true);
  const fatal = (error as { fatal?: unknown }).fatal === true;
  return new Failure('not_understood', words, null, fatal);
}
