import type { IncomingMessage, ServerResponse } from 'node:http';
import { GET as route } from '@/app/api/v1/clusters/[id]/route/route';
import { GET as check } from '@/app/api/v1/instances/[id]/check/route';

const handlers = [
  [/^\/api\/v1\/instances\/([^/?]+)\/check(?:\?|$)/, check],
  [/^\/api\/v1\/clusters\/([^/?]+)\/route(?:\?|$)/, route],
] as const;
/** What proxy.ts says of every answer, for one that is never a page. */
const headers = {
  'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Answers a GET of a check or a route that comes with a token, by the API's own handlers. All else, browsers' sessions too,
 * goes the usual way.
 * @returns false when it is none of these and nothing was answered
 */
export async function answerReads(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { method, url = '/' } = request;
  const { authorization } = request.headers;
  if (method !== 'GET' || !url.startsWith('/api/v1/') || authorization === undefined) return false;
  for (const [pattern, handle] of handlers) {
    const id = pattern.exec(url)?.[1];
    if (id === undefined) continue;
    const asked = new Request(new URL(url, 'http://localhost'), { headers: { authorization } });
    const answer = await handle(asked, { params: Promise.resolve({ id }) });
    response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...headers });
    response.end(await answer.text());
    return true;
  }
  return false;
}
