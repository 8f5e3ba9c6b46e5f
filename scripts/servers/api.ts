/** The API's own handlers on a real store, without a web server in between: for tests. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { randomToken, tokenHash } from '@/lib/auth/random-token';
import type { TokenRole } from '@/lib/contract';
import { publishPublicKey } from '@/lib/secret/keys';
import { migrate } from '@/lib/storage/migrate';
import { pool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from './embedded';

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof methods)[number];
type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string>> },
) => Promise<Response>;
/** One route.ts: its path with {names}, its handlers. */
export type RouteFile = { path: string; handlers: Partial<Record<Method, Handler>> };

export type RunningApi = {
  db: pg.Pool;
  server: RunningPostgres;
  routes: RouteFile[];
  tokens: Record<TokenRole, string>;
  call(method: Method, address: string, given?: Given): Promise<Response>;
  stop(): Promise<void>;
};
export type Given = {
  /** Role whose token is sent; nothing when null. Default admin. */
  as?: TokenRole | null;
  /** Sent as it is; an object as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
};

export async function startApi(rootKey = randomToken()): Promise<RunningApi> {
  const server = await startPostgres();
  await migrate(server.url());
  process.env.DATABASE_URL = server.url();
  process.env.NEXTAUTH_SECRET = randomToken();
  process.env.NEXTAUTH_URL = 'http://127.0.0.1:3000';
  const db = pool();
  await publishPublicKey(db, rootKey);
  const tokens = {} as Record<TokenRole, string>;
  for (const role of ['viewer', 'operator', 'editor', 'admin', 'ingest'] as const) {
    tokens[role] = randomToken();
    await db.query(
      `insert into api_token (name, hash, role, created_by) values ($1::text, $2, $1::text, 'test')`,
      [role, tokenHash(tokens[role])],
    );
  }
  const routes = await loadRoutes();
  return {
    db,
    server,
    routes,
    tokens,
    call: async (method, address, given = {}) => {
      const url = new URL(address, process.env.NEXTAUTH_URL);
      const found = findRoute(routes, url.pathname);
      const handler = found?.route.handlers[method];
      if (!found || !handler) throw new Error(`no handler for ${method} ${url.pathname}`);
      return handler(makeRequest(method, url, given, tokens), {
        params: Promise.resolve(found.params),
      });
    },
    stop: async () => {
      await db.end();
      await server.stop();
    },
  };
}

function makeRequest(method: Method, url: URL, given: Given, tokens: Record<TokenRole, string>) {
  const { as = 'admin', body, headers } = given;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const stream = body instanceof ReadableStream;
  return new Request(url, {
    method,
    headers: {
      ...(as && { authorization: `Bearer ${tokens[as]}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: (raw || stream ? body : JSON.stringify(body)) as BodyInit }),
    ...(stream && { duplex: 'half' }),
  } as RequestInit);
}

/** Every route.ts of the product. */
async function loadRoutes(): Promise<RouteFile[]> {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter(
    (file) => path.basename(file) === 'route.ts',
  );
  return Promise.all(
    files.sort().map(async (file) => {
      const made = (await import(path.resolve('app', file))) as Record<string, Handler>;
      const handlers = Object.fromEntries(
        methods.flatMap((method) => (made[method] ? [[method, made[method]]] : [])),
      );
      const folder = `/${path.dirname(file).split(path.sep).join('/')}`;
      return { path: folder.replace(/\[(?!\.)(\w+)\]/g, '{$1}'), handlers };
    }),
  );
}

/** As Next chooses: a fixed name before a parameter. */
function findRoute(routes: RouteFile[], pathname: string) {
  const parts = pathname.split('/');
  const fitting = routes.flatMap((route) => {
    const pattern = route.path.split('/');
    const fits =
      pattern.length === parts.length &&
      pattern.every((part, at) => part.startsWith('{') || part === parts[at]);
    return fits ? [{ route, pattern }] : [];
  });
  const best = fitting.sort(
    (a, b) => a.route.path.split('{').length - b.route.path.split('{').length,
  )[0];
  if (!best) return null;
  const params = Object.fromEntries(
    best.pattern.flatMap((part, at) =>
      part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(parts[at] ?? '')]] : [],
    ),
  );
  return { route: best.route, params };
}
