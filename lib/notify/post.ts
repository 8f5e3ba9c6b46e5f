/** One POST of JSON: to the address that was checked, without redirects, with bounded time and answer. Server only. */
import http from 'node:http';
import https from 'node:https';
import { AddressError, resolveHost } from './address';
import type { Answer } from './retry';

const timeoutMs = 10_000;
const longestAnswer = 64 * 1024;

export async function post(
  url: URL,
  body: string,
  options: { allowPrivate: boolean; headers?: Record<string, string>; timeoutMs?: number },
): Promise<Answer> {
  let target: { address: string; family: 4 | 6 };
  try {
    target = await resolveHost(url.hostname, options.allowPrivate);
  } catch (error) {
    const reason = error instanceof AddressError ? error.refusal : 'unresolved';
    return { kind: 'failed', reason, ambiguous: false };
  }
  return new Promise((resolve) => {
    let sent = false;
    const done = (answer: Answer) => {
      clearTimeout(timer);
      resolve(answer);
      request.destroy();
    };
    const request = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method: 'POST',
        agent: false,
        // The name stays for TLS and Host; the connection goes to the address that was checked.
        lookup: (_host, given, callback) =>
          given.all ? callback(null, [target]) : callback(null, target.address, target.family),
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'yagura',
          ...options.headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        const finish = () =>
          done({
            kind: 'status',
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'] ?? null,
            text: Buffer.concat(parts).toString('utf8', 0, 200),
          });
        response.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.length;
          if (size > longestAnswer) finish();
        });
        response.on('end', finish);
        // The status is known: what follows it does not matter.
        response.on('error', finish);
      },
    );
    const timer = setTimeout(
      () => done({ kind: 'failed', reason: 'timeout', ambiguous: sent }),
      options.timeoutMs ?? timeoutMs,
    );
    request.on('error', () => done({ kind: 'failed', reason: 'connect', ambiguous: sent }));
    request.on('finish', () => {
      sent = true;
    });
    request.end(body);
  });
}
