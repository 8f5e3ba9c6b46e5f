/** Where messages may go. A webhook's address is text that a person gave: it must not reach inside. Server only. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inside.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(net, bits, 'ipv6');
/** Never, whoever allows it: the addresses of cloud metadata services and this link. */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('fe80::', 10, 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6');

export type Refusal = 'url' | 'scheme' | 'userinfo' | 'host' | 'unresolved' | 'private';

export class AddressError extends Error {
  constructor(readonly refusal: Refusal) {
    super(`address refused: ${refusal}`);
  }
}

/** The parsed address of a channel's kind. @throws AddressError */
export function checkUrl(kind: 'slack' | 'webhook', text: string, allowPrivate = false): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AddressError('url');
  }
  if (url.username !== '' || url.password !== '') throw new AddressError('userinfo');
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    throw new AddressError('scheme');
  if (kind === 'slack' && !allowPrivate) {
    const slack = url.hostname === 'hooks.slack.com' && url.port === '';
    if (!slack || !url.pathname.startsWith('/services/')) throw new AddressError('host');
  }
  return url;
}

/**
 * Resolves a host once and gives the address to connect to; every address it has must be allowed.
 * @throws AddressError
 */
export async function resolveHost(
  hostname: string,
  allowPrivate: boolean,
): Promise<{ address: string; family: 4 | 6 }> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host);
  const found = literal
    ? [{ address: host, family: literal }]
    : await lookup(host, { all: true }).catch(() => []);
  const first = found[0];
  if (!first) throw new AddressError('unresolved');
  for (const { address, family } of found) {
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (never.check(address, type) || (!allowPrivate && inside.check(address, type)))
      throw new AddressError('private');
  }
  return { address: first.address, family: first.family === 6 ? 6 : 4 };
}
