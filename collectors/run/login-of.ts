import type { WatchedInstance } from '@/collectors/store/watched-instances';
import { open } from '@/lib/secret/open';
import type { Target } from './engine';
import { Failure } from './failure';

/**
 * The login that reads monitoring views, on any database of the instance.
 * @throws Failure when the password was sealed with another key
 */
export function monitoringLogin(
  instance: WatchedInstance,
  database: string,
  rootKey: string,
): Target {
  const { host, port, tls, user } = instance;
  const password = openFor(instance, 'password', instance.password, rootKey);
  return { host, port, tls, database, user, password };
}

/**
 * The login plans are asked with: its own when there is one, else the monitoring one.
 * @throws Failure when the password was sealed with another key
 */
export function explainLogin(instance: WatchedInstance, database: string, rootKey: string): Target {
  const { host, port, tls, explainUser } = instance;
  if (explainUser === null) return monitoringLogin(instance, database, rootKey);
  const password = openFor(instance, 'explain_password', instance.explainPassword, rootKey);
  return { host, port, tls, database, user: explainUser, password };
}

function openFor(
  { id }: WatchedInstance,
  column: string,
  sealed: string | null,
  rootKey: string,
): string | null {
  if (sealed === null) return null;
  try {
    return open(rootKey, sealed, { table: 'instance', row: String(id), column });
  } catch {
    throw new Failure(
      'secret_unreadable',
      'connect: the stored password was sealed with another key',
      'Enter the password again in the settings of the instance, or start with the former YAGURA_SECRET_KEY.',
      true,
    );
  }
}
