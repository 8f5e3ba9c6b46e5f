/**
 * What a server may ask the password by. MySQL's protocol lets the server choose, and some of its methods hand over the
 * password itself: to a server that has not proved who it is, that would be giving it away.
 */
import { BlockList, isIP } from 'node:net';
import { type AuthPlugin, authPlugins as driver } from 'mysql2';
import { Failure } from '@/collectors/run/failure';

const ownMachine = new BlockList();
ownMachine.addSubnet('127.0.0.0', 8, 'ipv4');
ownMachine.addAddress('::1', 'ipv6');

/** caching_sha2_password: the server does not know the password's hash yet and wants the password. */
const wantsAll = 4;

/**
 * With verified TLS every method may be used. With TLS that is not verified, MySQL's default one may: it is what such a
 * server needs after each restart. Without TLS the password itself goes to our own machine at most.
 * @param refused told why, because the driver's own error loses it
 */
export function guardedPlugins(
  tls: 'off' | 'require' | 'verify-full',
  address: string,
  refused: (failure: Failure) => void,
): Record<string, AuthPlugin> {
  if (tls === 'verify-full') return { mysql_clear_password: driver.mysql_clear_password({}) };
  const refuse = (method: string): never => {
    const failure = new Failure(
      'weak_auth_refused',
      `connect: the server asks for the password itself by ${method}; it was not sent`,
      tls === 'off'
        ? 'Choose TLS "require" or, better, "verify-full".'
        : 'Choose TLS "verify-full", or IDENTIFIED WITH caching_sha2_password.',
      true,
    );
    refused(failure);
    throw new Error(failure.message);
  };
  const never =
    (method: string): AuthPlugin =>
    () =>
    () =>
      refuse(method);
  const plugins: Record<string, AuthPlugin> = {
    mysql_clear_password: never('mysql_clear_password'),
    sha256_password: never('sha256_password'),
    dialog: never('dialog'),
  };
  if (tls === 'off' && !ownMachine.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) {
    const plugin = driver.caching_sha2_password({});
    plugins.caching_sha2_password = (metadata) => {
      const answer = plugin(metadata);
      return (data) =>
        data.length === 1 && data[0] === wantsAll ? refuse('caching_sha2_password') : answer(data);
    };
  }
  return plugins;
}
