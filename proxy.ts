import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';

/** Headers and the nonce, nothing else: who may do what is decided in the data layer, for every call. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(18).toString('base64');
  const development = process.env.NODE_ENV === 'development';
  const policy = [
    `default-src 'none'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // Charts place their parts by style attributes; style sheets come from us alone.
    development ? `style-src 'self' 'unsafe-inline'` : `style-src 'self' 'nonce-${nonce}'`,
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${development ? ' ws:' : ''}`,
    `manifest-src 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `object-src 'none'`,
    `base-uri 'none'`,
  ].join('; ');
  const headers = new Headers(request.headers);
  // Internal headers never come from outside.
  for (const name of [...headers.keys()])
    if (/^x-(middleware|nextjs)-/i.test(name)) headers.delete(name);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  headers.set('x-yagura-client', clientOf(request));
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'no-referrer');
  response.headers.set('x-frame-options', 'DENY');
  response.headers.set('cross-origin-opener-policy', 'same-origin');
  response.headers.set('cross-origin-resource-policy', 'same-origin');
  response.headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
  if ((process.env.NEXTAUTH_URL ?? '').startsWith('https://'))
    response.headers.set('strict-transport-security', 'max-age=63072000; includeSubDomains');
  return response;
}

/** As scripts/next-server.ts lets it be: the address that connected, or last the one that the proxy before us saw. */
function clientOf(request: NextRequest): string {
  const last = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim();
  return last && last.length < 50 ? last : 'unknown';
}
