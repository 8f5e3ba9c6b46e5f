/** Without a session no spelling of an address and no header of Next's own protocol gives anything away. */
import { expect, test } from '@playwright/test';
import { findPages } from './pages';
import { signIn } from './sign-in';

const TRICKS: { name: string; of(url: URL): URL; headers: Record<string, string> }[] = [
  { name: 'plain', of: (url) => url, headers: {} },
  { name: 'x-middleware-subrequest', of: (url) => url, headers: subrequest('proxy') },
  { name: 'x-middleware-subrequest, src', of: (url) => url, headers: subrequest('src/middleware') },
  { name: '.rsc', of: (url) => pathAs(url, (path) => `${path}.rsc`), headers: {} },
  { name: 'RSC', of: (url) => queryAs(url, '_rsc', '1a2b'), headers: { rsc: '1' } },
  {
    name: 'RSC of the page alone',
    of: (url) => queryAs(url, '_rsc', '1a2b'),
    headers: {
      rsc: '1',
      'next-router-state-tree': encodeURIComponent(
        '["",{"children":["(console)",{"children":["__PAGE__",{}]}]},null,"refetch"]',
      ),
    },
  },
  {
    name: 'prefetch of a segment',
    of: (url) => queryAs(url, '_rsc', '1a2b'),
    headers: {
      rsc: '1',
      'next-router-prefetch': '1',
      'next-router-segment-prefetch': '/_tree',
    },
  },
  {
    name: 'segment path',
    of: (url) => pathAs(url, (path) => `${path}.segments/_tree.segment.rsc`),
    headers: {},
  },
  { name: 'nxtP parameter', of: (url) => queryAs(url, 'nxtPcluster', '1'), headers: {} },
  { name: 'locale', of: (url) => pathAs(url, (path) => `/en${path}`), headers: {} },
  {
    name: 'data path',
    of: (url) => pathAs(url, (path) => `/_next/data/x${path}.json`),
    headers: {},
  },
  { name: 'double slash', of: (url) => pathAs(url, (path) => `//${path.slice(1)}`), headers: {} },
  { name: 'invoke', of: (url) => url, headers: { 'x-invoke-path': '/', 'x-matched-path': '/' } },
];

function subrequest(name: string): Record<string, string> {
  return { 'x-middleware-subrequest': Array(5).fill(name).join(':') };
}
function pathAs(url: URL, change: (path: string) => string): URL {
  const next = new URL(url);
  next.pathname = change(url.pathname);
  return next;
}
function queryAs(url: URL, name: string, value: string): URL {
  const next = new URL(url);
  next.searchParams.append(name, value);
  return next;
}

test('nothing is read without a session, whatever the address and the headers', async ({
  browser,
  playwright,
  baseURL,
}) => {
  test.setTimeout(180_000);
  const url = baseURL ?? 'http://127.0.0.1:3000';
  const signedIn = await browser.newContext();
  await signIn(signedIn, url);
  const pages = await findPages(signedIn.request, url, 90_000);
  const listed = await signedIn.request.get(new URL('/api/v1/instances', url).href);
  const { instances } = (await listed.json()) as { instances: { name: string; host: string }[] };
  expect(instances.length).toBeGreaterThan(0);
  const calls = pages
    .filter(({ path }) => path.startsWith('/clusters') || path.startsWith('/plans'))
    .map(({ path }) => `/api/v1${path.replace(/\/clusters\/\d+\/statements\//, '/statements/')}`);
  calls.push('/api/v1/instances', '/api/v1/users', '/api/v1/audit', '/api/v1/catalog', '/metrics');
  await signedIn.close();

  const anonymous = await playwright.request.newContext();
  const found: string[] = [];
  for (const path of [...pages.map((page) => page.path), ...calls])
    for (const trick of TRICKS) {
      const address = trick.of(new URL(path, url));
      const answer = await anonymous.get(address.href, {
        headers: trick.headers,
        maxRedirects: 0,
      });
      const text = await answer.text();
      const leaked = instances.find(
        ({ name }) => text.includes(`"${name}"`) || text.includes(`>${name}<`),
      );
      if (leaked) found.push(`${trick.name} ${path}: names ${leaked.name}`);
      if (answer.status() >= 500) found.push(`${trick.name} ${path}: ${answer.status()}`);
      if (calls.includes(path) && answer.ok())
        found.push(`${trick.name} ${path}: ${answer.status()}`);
    }
  await anonymous.dispose();
  expect(found).toEqual([]);
});
