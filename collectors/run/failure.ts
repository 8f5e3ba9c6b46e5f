/** Why something could not be read, as people are told: a code to translate by, the server's words, and what fixes it. */

export type FailureCode =
  | 'unreachable'
  | 'unknown_host'
  | 'address_refused'
  | 'connect_timeout'
  | 'timeout'
  | 'lock_timeout'
  | 'auth_failed'
  | 'login_refused'
  | 'weak_auth_refused'
  | 'tls_unavailable'
  | 'tls_untrusted'
  | 'unknown_database'
  | 'too_many_connections'
  | 'too_many_own_connections'
  | 'starting'
  | 'shut_down'
  | 'connection_lost'
  | 'recovery_conflict'
  | 'permission_denied'
  | 'extension_missing'
  | 'extension_not_loaded'
  | 'object_missing'
  /** What fills the source is turned off on the server. */
  | 'switched_off'
  | 'version_unsupported'
  /** Nothing tells of the machine the server runs on. */
  | 'no_host_source'
  | 'pooler'
  | 'log_unavailable'
  | 'too_much_data'
  | 'wrong_shape'
  | 'secret_unreadable'
  | 'not_understood';

/** An expected failure of a watched server; `fix` is a statement or setting an administrator applies, when one is known. */
export class Failure extends Error {
  override name = 'Failure';
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly fix: string | null = null,
    /** True when the connection cannot be used any more. */
    readonly fatal = false,
  ) {
    super(message.slice(0, 500));
  }

  toJSON(): { code: FailureCode; message: string; fix: string | null } {
    return { code: this.code, message: this.message, fix: this.fix };
  }
}
