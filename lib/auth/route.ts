import type { z } from 'zod';
import { type Operation, type OperationName, operations } from '@/lib/contract/operations';
import { BodyError, bodyLimit, parseStrictJson } from '@/lib/contract/strict-json';
import { HttpError, invalid, notFound } from './http-error';
import { type Caller, requireUser } from './require-user';

type Schema = z.ZodType;
type Out<S> = S extends Schema ? z.output<S> : undefined;
type Field<O, F extends string> = O extends Record<F, infer S> ? S : undefined;

type Call<O> = {
  caller: Caller;
  ip: string | null;
  params: Record<string, string>;
  query: Out<Field<O, 'query'>>;
  body: Out<Field<O, 'body'>>;
  request: Request;
};

type Context = { params: Promise<Record<string, string>> };

/** A route handler: authorise → parse → handle → json. Each handler of the API is made by this, or by publicRoute. */
export function route<N extends OperationName>(
  name: N,
  handle: (call: Call<(typeof operations)[N]>) => Promise<unknown>,
) {
  const operation: Operation = operations[name];
  return async (request: Request, context?: Context): Promise<Response> => {
    try {
      const caller = await requireUser(request, operation.role);
      const query = readQuery(request, operation.query);
      const body = await readBody(request, operation.body, operation.bodyLimit);
      const params = (await context?.params) ?? {};
      const ip = clientAddress(request);
      const call = { caller, ip, params, query, body, request } as Call<(typeof operations)[N]>;
      const answer = await handle(call);
      if (answer instanceof Response) return answer;
      if (operation.response === null) return new Response(null, { status: 204, headers: noStore });
      return json(answer, operation.status ?? 200);
    } catch (error) {
      return errorResponse(error);
    }
  };
}

const noStore = { 'cache-control': 'no-store' };
/** Prometheus' text format. */
export const textType = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', ...noStore };

/** An id from the path, as the store's integer. @throws 404 for anything else: there is no such thing */
export function idOf(text: string | undefined, what: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text ?? '')) throw notFound(what);
  return Number(text);
}

/** For the few calls that need no sign-in: health, and the form of a one-time link. */
export function publicRoute<B extends Schema | undefined = undefined>(spec: {
  body?: B;
  handle(call: { body: Out<B>; ip: string | null; request: Request }): Promise<unknown>;
}) {
  return async (request: Request): Promise<Response> => {
    try {
      const body = (await readBody(request, spec.body)) as Out<B>;
      const answer = await spec.handle({ body, ip: clientAddress(request), request });
      return answer instanceof Response ? answer : json(answer, 200);
    } catch (error) {
      return errorResponse(error);
    }
  };
}

/** JSON without NaN or Infinity, which are unknown and become null. */
export function json(value: unknown, status: number): Response {
  const text = JSON.stringify(value, (_, inner) =>
    typeof inner === 'bigint' ? String(inner) : inner,
  );
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** Only an HttpError's own words reach the caller; anything else is logged and said to be our fault, without its text. */
export function errorResponse(error: unknown): Response {
  if (error instanceof HttpError) {
    const { code, message, details } = error;
    return json(
      { error: { code, message, ...(details === undefined ? {} : { details }) } },
      error.status,
    );
  }
  if (isStoreOutage(error))
    return json(
      {
        error: {
          code: 'store_unavailable',
          message: 'The store does not answer. Try again in a moment.',
        },
      },
      503,
    );
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  return json(
    { error: { code: 'internal', message: 'Something went wrong on our side. It was logged.' } },
    500,
  );
}

export function isStoreOutage(error: unknown): boolean {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const message = error instanceof Error ? error.message : '';
  return (
    /^(ECONN|ETIMEDOUT|EPIPE|57P0|08|53)/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(message)
  );
}

function readQuery(request: Request, schema: Schema | undefined): unknown {
  const given: Record<string, unknown> = {};
  const labels: Record<string, string> = {};
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name.startsWith('nxtP')) continue;
    if (value.includes('\u0000')) throw invalid(name.slice(0, 100), 'holds a NUL character');
    const label = name.startsWith('label.') ? name.slice(6) : null;
    const into = label === null ? given : labels;
    const key = label ?? name;
    if (Object.hasOwn(into, key)) throw invalid(name.slice(0, 100), 'is given more than once');
    Object.defineProperty(into, key, { value, enumerable: true });
  }
  if (Object.keys(labels).length > 0) given.label = labels;
  if (!schema) {
    const extra = Object.keys(given)[0];
    if (extra !== undefined) throw invalid(extra.slice(0, 100), 'is not a parameter of this call');
    return undefined;
  }
  return check(schema, given);
}

const mediaTypeOf = (request: Request) =>
  (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();

/** The text of a small HTML form. @throws 415 for anything else, 413 above the limit */
export async function readForm(request: Request): Promise<string> {
  if (mediaTypeOf(request) !== 'application/x-www-form-urlencoded')
    throw new HttpError(415, 'unsupported_media_type', 'Send a form.');
  return new TextDecoder().decode(await readLimited(request));
}

async function readBody(
  request: Request,
  schema: Schema | undefined,
  limit = bodyLimit,
): Promise<unknown> {
  if (!schema) return undefined;
  if (mediaTypeOf(request) !== 'application/json')
    throw new HttpError(415, 'unsupported_media_type', 'Send application/json.');
  const bytes = await readLimited(request, limit);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return check(schema, parseStrictJson(text));
  } catch (error) {
    if (error instanceof BodyError) throw invalid(error.at, error.message);
    if (error instanceof TypeError) throw invalid('body', 'is not valid UTF-8');
    throw error;
  }
}

/** Stops reading at the limit, whatever the request said of its length, and after 10 s. */
export async function readLimited(request: Request, limit = bodyLimit): Promise<Uint8Array> {
  const tooLarge = () =>
    new HttpError(413, 'too_large', `body: is larger than ${limit / 1024 / 1024} MiB`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void reader.cancel().catch(() => {});
  }, 10_000);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) throw new HttpError(408, 'timeout', 'body: did not arrive within 10 s');
      if (done) return Buffer.concat(parts);
      size += value.length;
      if (size > limit) {
        void reader.cancel().catch(() => {});
        throw tooLarge();
      }
      parts.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

function check(schema: Schema, given: unknown): unknown {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  // A map: names come from outside, and an object has names of its own such as `constructor`.
  const fields = new Map<string, string>();
  const name = (field: string, message: string) => {
    if (!fields.has(field)) fields.set(field, message);
  };
  for (const issue of result.error.issues.slice(0, 20)) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 5) : [];
    const base = issue.path.join('.');
    for (const key of keys)
      name([base, key.slice(0, 100)].filter(Boolean).join('.'), 'is not a known field');
    if (keys.length === 0) name(base || 'body', issue.message);
  }
  const [field, message] = [...fields][0] ?? ['body', 'is not valid'];
  throw new HttpError(422, 'invalid', `${field}: ${message}`, {
    fields: Object.fromEntries(fields),
  });
}

/** The address the launcher's proxy.ts saw; a header sent by the caller never counts. */
export function clientAddress(request: Request): string | null {
  return request.headers.get('x-yagura-client');
}
