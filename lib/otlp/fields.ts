import { z } from 'zod';

/** A 64-bit whole number: text in JSON and from the decoder, a number from what writes JSON carelessly. */
export const countField = z
  .union([z.string().regex(/^-?\d{1,20}$/), z.number().int()])
  .transform(Number);

/** Nanoseconds since 1970 to ms; 0 is not known. Fractions of a ms stay. */
export const nanosField = z
  .union([z.string().regex(/^\d{1,20}$/), z.number().nonnegative()])
  .transform((given) => {
    const nanos = BigInt(given);
    return Number(nanos / 1_000_000n) + Number(nanos % 1_000_000n) / 1e6;
  });

/** Ids are bytes in protobuf and hexadecimal text in JSON. */
export const traceIdField = (bytes: number) =>
  z
    .union([z.string(), z.instanceof(Uint8Array)])
    .transform((id) =>
      typeof id === 'string' ? id.toLowerCase() : Buffer.from(id).toString('hex'),
    )
    .refine((id) => id === '' || new RegExp(`^[0-9a-f]{${bytes * 2}}$`).test(id));

const longest = 1000;
/** PostgreSQL's text holds no NUL; what is longer than any sensible name is cut. */
export const cleanText = (text: string, most = longest) =>
  text.slice(0, most).replaceAll('\u0000', '').toWellFormed();

const value = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.union([z.number(), z.string()]).optional(),
});

export type Attributes = Map<string, string>;

/** Attributes as text by name. Lists and maps have no use here and are left out. */
export const attributesField = z
  .array(z.object({ key: z.string().default(''), value: value.optional() }))
  .default([])
  .transform((list): Attributes => {
    const found: Attributes = new Map();
    for (const { key, value } of list.slice(0, 200)) {
      const given =
        value?.stringValue ?? value?.intValue ?? value?.boolValue ?? value?.doubleValue ?? null;
      // A statement's text may be long; it is read, never kept as it is.
      if (given !== null) found.set(key, String(given).slice(0, 20_000));
    }
    return found;
  });

export const resourceField = z.object({ attributes: attributesField }).optional();
