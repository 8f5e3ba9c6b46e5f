import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrap } from '@/lib/auth/bootstrap';
import { allows } from '@/lib/auth/require-user';
import { endSession, startSession } from '@/lib/auth/session';
import { authOptions, safeRedirect } from '@/lib/auth/sign-in';
import { type Operation, operations } from '@/lib/contract/operations';
import { type Method, type RunningApi, startApi } from '@/scripts/servers/api';

/** Calls that need no sign-in; each is here for a reason, and a new route is not. */
const open = [
  '/api/[...path]', // answers 404
  '/api/auth/[...nextauth]', // the sign-in itself
  '/api/health',
  '/api/v1/openapi.json',
  '/wall/open', // the token of a link is its proof: walls.server.test.ts
  '/wall/open/{token}',
  '/wall/{wall}/state', // the cookie made of it
  '/api/welcome', // a one-time link is its proof
  '/v1/traces',
  '/v1/metrics', // an ingest token, with OTLP's own errors: otlp.server.test.ts
];
const roles = ['ingest', 'viewer', 'operator', 'editor', 'admin'] as const;
const named = operations as Record<string, Operation>;
let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.stop());

/** Every call of every route.ts that is not open: `GET /instances/{id}` with its address. */
const guarded = () =>
  api.routes
    .filter((route) => !open.includes(route.path))
    .flatMap((route) =>
      (Object.keys(route.handlers) as Method[]).map((method) => ({
        method,
        name: `${method} ${route.path.replace(/^\/api\/v1/, '')}`,
        address: route.path.replace(/\{\w+\}/g, '999'),
      })),
    );
const bodyFor = (name: string) => (named[name]?.body ? { body: {} } : {});

test('each route is an operation of the contract and each operation is a route', () => {
  const names = new Set(guarded().map((one) => one.name));
  expect([...names].sort()).toEqual(Object.keys(operations).sort());
});

test('every call without a valid sign-in is 401', async () => {
  for (const { method, address, name } of guarded())
    for (const authorization of [null, 'Bearer', `Bearer ${'x'.repeat(43)}`, 'Basic YTpi']) {
      const headers = authorization === null ? {} : { authorization };
      const answer = await api.call(method, address, { as: null, headers, ...bodyFor(name) });
      expect([name, answer.status]).toEqual([name, 401]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
});

test('every call with too low a role is 403, with enough it is let through', async () => {
  for (const { method, address, name } of guarded())
    for (const role of roles) {
      const answer = await api.call(method, address, { as: role, ...bodyFor(name) });
      const refused = !allows(role, named[name]?.role ?? 'admin');
      expect([name, role, answer.status === 403]).toEqual([name, role, refused]);
      expect(answer.status).toBeLessThan(500);
    }
});

async function addUser(email: string, role = 'admin') {
  const { rows } = await api.db.query<{ id: number }>(
    'insert into user_account (email, name, role) values ($1, $1, $2) returning id',
    [email, role],
  );
  return rows[0]?.id ?? 0;
}
async function cookieFor(userId: number, maxAge = 3600) {
  const sid = await startSession({ id: userId, version: 1 }, null, null);
  const token = await encode({ token: { sid }, secret: process.env.NEXTAUTH_SECRET ?? '', maxAge });
  return `yagura.session=${token}`;
}

test('a session changes things only from its own site', async () => {
  const cookie = await cookieFor(await addUser('site@example.com'));
  const post = (headers: Record<string, string>) =>
    api.call('POST', '/api/v1/events', {
      as: null,
      body: { kind: 'note', text: 'x' },
      headers: { cookie, host: '127.0.0.1:3000', ...headers },
    });
  expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  expect((await post({ origin: 'http://127.0.0.1:3000' })).status).toBe(201);
  expect((await post({})).status).toBe(403);
  expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await post({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await post({ origin: 'null' })).status).toBe(403);
  const form = { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' };
  expect((await post(form)).status).toBe(415);
});

test('a session that was revoked, expired, or whose user changed is 401, also across users', async () => {
  const me = (cookie: string) => api.call('GET', '/api/v1/me', { as: null, headers: { cookie } });
  const first = await addUser('first@example.com');
  const other = await addUser('other@example.com');
  const mine = await cookieFor(first);
  const { sessions } = (await (await me(mine)).json()) as { sessions: { id: string }[] };
  const id = sessions[0]?.id ?? '';
  const theirs = { cookie: await cookieFor(other), 'sec-fetch-site': 'same-origin' };
  const stolen = await api.call('DELETE', `/api/v1/me/sessions/${id}`, {
    as: null,
    headers: theirs,
  });
  expect(stolen.status).toBe(404);
  expect(await endSession(first, id)).toBe(true);
  expect((await me(mine)).status).toBe(401);
  expect((await me(await cookieFor(first, -3600))).status).toBe(401);
  const changed = await cookieFor(other);
  await api.db.query('update user_account set version = version + 1 where id = $1', [other]);
  expect((await me(changed)).status).toBe(401);
  const disabled = await addUser('disabled@example.com');
  const late = await cookieFor(disabled);
  await api.db.query('update user_account set disabled_at = now() where id = $1', [disabled]);
  expect((await me(late)).status).toBe(401);
});

test('forged and oversized cookies are 401', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const foreign = await encode({ token: { sid: 'x' }, secret: 'another secret' });
  for (const forged of [
    `${part({ alg: 'none' })}.${part({ sid: 'x' })}.`,
    foreign,
    'x'.repeat(8192),
    '',
    '%00',
  ]) {
    const headers = { cookie: `yagura.session=${forged}`, 'x-middleware-subrequest': 'proxy' };
    expect((await api.call('GET', '/api/v1/me', { as: null, headers })).status).toBe(401);
  }
});

test('after sign-in nobody is led to another site', () => {
  const base = 'http://127.0.0.1:3000';
  expect(safeRedirect('/clusters/1', base)).toBe(`${base}/clusters/1`);
  for (const url of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
  ])
    expect(new URL(safeRedirect(url, base)).origin).toBe(base);
  for (const url of [
    'https:evil.example',
    '%2f%2fevil.example',
    'http://127.0.0.1:3000@evil.example',
  ])
    expect(new URL(safeRedirect(url, base)).origin).toBe(base);
});

type Authorize = (given: object, request: object) => Promise<{ id: string } | null>;
const signIn = (email: string, password: string, ip: string) =>
  (
    authOptions().providers[0] as unknown as { options: { authorize: Authorize } }
  ).options.authorize({ email, password }, { headers: { 'x-yagura-client': ip } });

test('a one-time link makes one administrator, once; wrong passwords wait, known or not', async () => {
  await api.db.query('delete from user_account');
  const old = await bootstrap(api.db, {});
  const { signInPath } = await bootstrap(api.db, {});
  const welcome = (from: string | null, body: object = {}) =>
    api.call('POST', '/api/welcome', {
      as: null,
      headers: { 'sec-fetch-site': 'same-origin' },
      body: {
        token: from?.split('#')[1],
        email: 'a@example.com',
        password: 'long enough pass',
        ...body,
      },
    });
  expect((await welcome(old.signInPath)).status).toBe(422);
  expect((await welcome(signInPath, { password: 'short' })).status).toBe(422);
  expect((await welcome(signInPath)).status).toBe(200);
  expect((await welcome(signInPath)).status).toBe(422);
  expect((await bootstrap(api.db, {})).signInPath).toBeNull();

  expect(await signIn('A@example.com', 'long enough pass', '10.0.0.1')).toMatchObject({});
  for (const email of ['a@example.com', 'nobody@example.com']) {
    for (let n = 0; n < 5; n++) expect(await signIn(email, 'wrong', '10.0.0.2')).toBeNull();
    await signIn(email, 'wrong', '10.0.0.3').catch(() => null);
    await expect(signIn(email, 'wrong', '10.0.0.4')).rejects.toThrow(/^wait \d+$/);
  }
});

test('what is not a form of our own pages never reaches the sign-in', async () => {
  const path = '/api/auth/callback/credentials';
  const post = (body: string, headers: Record<string, string>) =>
    api.routes
      .find((route) => route.path.startsWith('/api/auth/'))
      ?.handlers.POST?.(
        new Request(`http://127.0.0.1:3000${path}`, { method: 'POST', body, headers }),
        {
          params: Promise.resolve({}),
        },
      );
  const form = 'application/x-www-form-urlencoded';
  for (const body of ['', '{', '[]', '{"email":["a"]}'])
    expect((await post(body, { 'content-type': 'application/json' }))?.status).toBe(415);
  const evil = { 'content-type': form, origin: 'https://evil.example', host: '127.0.0.1:3000' };
  expect((await post('a=b', evil))?.status).toBe(403);
  expect((await post('x'.repeat(2_000_000), { 'content-type': form }))?.status).toBe(413);
});
