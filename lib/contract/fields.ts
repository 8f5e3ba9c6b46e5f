/** Fields that several requests share, each with a message a person can act on. */
import { z } from 'zod';

/** Ids are integers in the store and strings on the wire. */
export const idField = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'is not an id')
  .describe('An id, a whole number as text');

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are refused
const control = /[\u0000-\u001f\u007f]/;

/** One line of text: no control characters, no lone surrogates, trimmed. */
export function lineField(most: number) {
  return z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(most, `is longer than ${most} characters`)
    .refine((text) => !control.test(text), 'holds control characters')
    .refine((text) => text.isWellFormed(), 'is not valid Unicode');
}

/** Text that may be empty or have several lines, such as a password. NUL cannot be sent to a server. */
export function secretField(most: number) {
  return z
    .string()
    .max(most, `is longer than ${most} characters`)
    .refine((text) => !text.includes('\u0000'), 'holds a NUL character')
    .refine((text) => text.isWellFormed(), 'is not valid Unicode');
}

const oldest = Date.UTC(2000, 0, 1);
const newest = Date.UTC(2100, 0, 1);

/** ISO 8601 or epoch milliseconds in, epoch milliseconds out. */
export const timeField = z
  .string()
  .transform((text, ctx) => {
    const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;
    // Without a zone it is UTC: the server's own zone, and its missing and doubled hours, decide nothing.
    const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`;
    const at = /^\d{1,15}$/.test(text)
      ? Number(text)
      : iso.test(text)
        ? Date.parse(zoned)
        : Number.NaN;
    if (Number.isNaN(at) || at < oldest || at > newest) {
      ctx.addIssue('is not a time between 2000 and 2100 in ISO 8601 or epoch milliseconds');
      return z.NEVER;
    }
    return at;
  })
  .describe('ISO 8601 or epoch milliseconds');

/** A whole number in a query string. */
export function countField(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `is not a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `is not from ${least} to ${most}`);
}

const longestRange = 400 * 24 * 3_600_000;

/** The fields of a time range; the last hour when none is given. */
export const rangeFields = { from: timeField.optional(), to: timeField.optional() };

/** Fills in and checks a range, as a refinement of an object that has rangeFields. */
export function withRange<T extends { from?: number | undefined; to?: number | undefined }>(
  query: T,
  ctx: { addIssue(issue: { code: 'custom'; message: string; path: string[] }): void },
): T & { from: number; to: number } {
  const to = query.to ?? Date.now();
  const from = query.from ?? to - 3_600_000;
  if (from >= to) ctx.addIssue({ code: 'custom', message: 'is not before `to`', path: ['from'] });
  else if (to - from > longestRange)
    ctx.addIssue({ code: 'custom', message: 'is more than 400 days before `to`', path: ['from'] });
  return { ...query, from, to };
}

export const engineField = z.enum(['postgres', 'mysql', 'mariadb']);
export const roleField = z.enum(['viewer', 'operator', 'editor', 'admin']);
export type Role = z.infer<typeof roleField>;
/** A token may also be one that only takes in measurements of applications: it reads nothing and changes nothing else. */
export const tokenRoleField = z.enum([...roleField.options, 'ingest']);
export type TokenRole = z.infer<typeof tokenRoleField>;
/** ok, warning, critical, or not known, which is none of the three. */
export const severityField = z.enum(['ok', 'warning', 'critical', 'unknown']);
export type Severity = z.infer<typeof severityField>;
/** Epoch milliseconds; null is never or unknown. */
export const momentField = z.number().nullable();
export const textField = z.object({ en: z.string(), ja: z.string() });

/** A time zone this server knows. */
export const zoneField = z
  .string()
  .max(64)
  .refine((zone) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
    } catch {
      return false;
    }
  }, 'is not a time zone');

export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;

/** Where metrics are fetched from. */
export const scrapeUrlField = lineField(500).refine((address) => {
  const url = URL.canParse(address) ? new URL(address) : null;
  return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.password === '';
}, 'is not an http:// or https:// address without a login');
