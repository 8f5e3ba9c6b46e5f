import { gunzip } from 'node:zlib';
import type { z } from 'zod';
import { HttpError } from '@/lib/auth/http-error';
import { isStoreOutage, readLimited } from '@/lib/auth/route';
import { findToken } from '@/lib/auth/token';
import { decodeRequest, encodeAnswer, type RequestName } from './messages';

/** Of a body as it is sent and after inflating. An SDK's batch of 512 spans is well below 1 MB. */
export const otlpBodyLimit = 4 * 1024 * 1024;
const tooLarge = 'The body is larger than 4 MiB; send smaller batches.';
/** Requests in work at the same time; what comes beyond is asked to come again, as SDKs do by themselves. */
const mostInWork = 16;
let inWork = 0;

export type Received = { rejected: number; message: string };
type Form = 'protobuf' | 'json';

/**
 * A handler of OTLP/HTTP: an ingest token, protobuf or JSON, gzip or not; answers and errors in the form of the request.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 * @param take keeps what came, and says what it did not take
 */
export function receive<S extends z.ZodType>(
  name: RequestName,
  schema: S,
  take: (request: z.output<S>) => Promise<Received>,
) {
  const answerName = name === 'MetricsRequest' ? 'MetricsResponse' : 'TracesResponse';
  return async (request: Request): Promise<Response> => {
    const form = formOf(request);
    try {
      await requireIngest(request);
      if (form === null)
        throw new HttpError(
          415,
          'unsupported_media_type',
          'Send application/x-protobuf or application/json.',
        );
      if (inWork >= mostInWork)
        throw new HttpError(429, 'busy', 'Too many requests at once; try again.');
      inWork += 1;
      try {
        const taken = await take(parse(name, schema, form, await readBody(request)));
        return answer(200, form, answerName, successOf(name, form, taken));
      } finally {
        inWork -= 1;
      }
    } catch (error) {
      return refuse(error, form ?? 'json');
    }
  };
}

function formOf(request: Request): Form | null {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : null;
}

/** A token that may ingest, or an administrator's. A browser's session is never enough. */
async function requireIngest(request: Request): Promise<void> {
  const header = request.headers.get('authorization') ?? '';
  const token = /^Bearer ([A-Za-z0-9._~+/=-]{43,500})$/i.exec(header)?.[1];
  const caller = token ? await findToken(token) : null;
  if (!caller) throw new HttpError(401, 'unauthenticated', 'Send an ingest token as bearer token.');
  if (caller.role !== 'ingest' && caller.role !== 'admin')
    throw new HttpError(403, 'forbidden', 'This token may not ingest: make one with that role.');
}

async function readBody(request: Request): Promise<Uint8Array> {
  const bytes = await readLimited(request, otlpBodyLimit);
  const coding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (coding === 'identity') return bytes;
  if (coding !== 'gzip')
    throw new HttpError(415, 'unsupported_encoding', 'Send the body as it is or with gzip.');
  return new Promise((resolve, reject) =>
    gunzip(bytes, { maxOutputLength: otlpBodyLimit }, (error, inflated) => {
      if (!error) resolve(inflated);
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        reject(new HttpError(413, 'too_large', tooLarge));
      else reject(new HttpError(400, 'invalid', 'The body is not gzip.'));
    }),
  );
}

function parse<S extends z.ZodType>(
  name: RequestName,
  schema: S,
  form: Form,
  bytes: Uint8Array,
): z.output<S> {
  try {
    const given =
      form === 'protobuf'
        ? decodeRequest(name, bytes)
        : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return schema.parse(given);
  } catch {
    // Never the decoder's own words: they may quote what was sent.
    throw new HttpError(400, 'invalid', `The body is not a valid ${name} of OTLP.`);
  }
}

/** Nothing when all was taken: an empty partial success would be read as a warning. */
function successOf(name: RequestName, form: Form, { rejected, message }: Received) {
  if (rejected === 0) return {};
  const field =
    form === 'protobuf'
      ? 'rejected'
      : name === 'MetricsRequest'
        ? 'rejectedDataPoints'
        : 'rejectedSpans';
  return { partialSuccess: { [field]: rejected, errorMessage: message } };
}

/** Codes of gRPC, as google.rpc.Status has them. */
const grpcCodes: Record<number, number> = { 400: 3, 401: 16, 403: 7, 413: 8, 415: 3, 429: 8 };

function refuse(error: unknown, form: Form): Response {
  const known = error instanceof HttpError ? error : null;
  const status = known?.status ?? (isStoreOutage(error) ? 503 : 500);
  if (status === 500)
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  const message =
    known?.message ??
    (status === 503
      ? 'The store does not answer; try again.'
      : 'Something went wrong on our side.');
  const body = { code: grpcCodes[status] ?? (status === 503 ? 14 : 13), message };
  const made = answer(status, form, 'Status', body);
  if (status === 429 || status === 503) made.headers.set('retry-after', '5');
  if (status === 401) made.headers.set('www-authenticate', 'Bearer');
  return made;
}

function answer(
  status: number,
  form: Form,
  name: 'MetricsResponse' | 'TracesResponse' | 'Status',
  body: Record<string, unknown>,
): Response {
  const json = form === 'json';
  return new Response(json ? JSON.stringify(body) : Buffer.from(encodeAnswer(name, body)), {
    status,
    headers: {
      'content-type': json ? 'application/json' : 'application/x-protobuf',
      'cache-control': 'no-store',
    },
  });
}
