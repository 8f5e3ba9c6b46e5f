/** A text from an address that a person gave: bounded in time and size, no redirect, no address that is refused. */
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { addressesOf } from './address';
import { Failure } from './failure';

/**
 * The address that is connected to is the one that was looked at; names are not looked up again.
 * @throws Failure
 */
export async function fetchText(
  address: string,
  options: { timeoutMs: number; maxBytes: number; bearer?: string | null },
): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new Failure(
      'address_refused',
      'the address must be http:// or https://, without a login',
    );
  const signal = AbortSignal.timeout(options.timeoutMs);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const late = () =>
    new Failure('timeout', `${url.host} did not answer in ${options.timeoutMs} ms`);
  const addresses = await Promise.race([
    addressesOf(name).catch((error: Error) => {
      if (error instanceof Failure) throw error;
      throw new Failure('unknown_host', `${name} is not known`);
    }),
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(late()), { once: true }),
    ),
  ]);
  const [first = name] = addresses;
  return new Promise((resolve, reject) => {
    const fail = (failure: Failure) => {
      request.destroy();
      reject(failure);
    };
    const request = (url.protocol === 'https:' ? https : http).request(
      {
        host: first,
        port: url.port || undefined,
        path: `${url.pathname}${url.search}`,
        headers: {
          host: url.host,
          accept: 'text/plain;version=0.0.4',
          'user-agent': 'yagura',
          ...(options.bearer && { authorization: `Bearer ${options.bearer}` }),
        },
        ...(isIP(name) === 0 && { servername: name }),
        agent: false,
        signal,
      },
      (response) => {
        const { statusCode = 0 } = response;
        if (statusCode !== 200)
          return fail(new Failure('wrong_shape', `${url.host} answered with status ${statusCode}`));
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > options.maxBytes)
            return fail(
              new Failure(
                'too_much_data',
                `${url.host} answered more than ${options.maxBytes} bytes`,
              ),
            );
          parts.push(part);
        });
        response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
        response.on('error', () => fail(new Failure('connection_lost', `${url.host} broke off`)));
      },
    );
    request.on('error', (error) =>
      fail(signal.aborted ? late() : new Failure('unreachable', `${url.host}: ${error.message}`)),
    );
    request.end();
  });
}
