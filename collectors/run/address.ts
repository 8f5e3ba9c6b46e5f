/** Where a watched server may be: a name or an address over TCP, never a socket file and never a link-local address. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Failure } from './failure';

const refused = new BlockList();
// Cloud providers hand out credentials here.
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addAddress('fd00:ec2::254', 'ipv6');
refused.addAddress('0.0.0.0', 'ipv4');

/**
 * The addresses of a host, each checked, so that the one connected to is the one that was looked at.
 * @throws Failure for a path, an unknown name, or a name that points to a refused address
 */
export async function addressesOf(host: string): Promise<string[]> {
  if (host === '' || host.startsWith('/') || host.startsWith('@') || /[\s\0,]/.test(host))
    throw new Failure('address_refused', 'the host must be one name or IP address', null, true);
  const found =
    isIP(host) !== 0 ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
  for (const { address, family } of found)
    if (refused.check(address, family === 6 ? 'ipv6' : 'ipv4'))
      throw new Failure('address_refused', `${host} is a link-local address`, null, true);
  return found.map(({ address }) => address);
}
