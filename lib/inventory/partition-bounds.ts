/** Bounds of partitions, from the words in which PostgreSQL prints them. Pure. */

export type PartitionBound =
  | { kind: 'default' }
  /** The first column of the key only; null stands for MINVALUE and MAXVALUE. */
  | { kind: 'range'; from: string | null; to: string | null }
  | { kind: 'list'; values: string[] }
  | { kind: 'hash'; modulus: number; remainder: number }
  | { kind: 'unknown' };

/** @param text pg_get_expr(relpartbound), for example `FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')` */
export function parseBound(text: string | null): PartitionBound {
  if (text === null) return { kind: 'unknown' };
  if (text === 'DEFAULT') return { kind: 'default' };
  const hash = /^FOR VALUES WITH \(modulus (\d+), remainder (\d+)\)$/i.exec(text);
  if (hash) return { kind: 'hash', modulus: Number(hash[1]), remainder: Number(hash[2]) };
  const list = /^FOR VALUES IN \((.*)\)$/s.exec(text);
  if (list?.[1] !== undefined) return { kind: 'list', values: valuesOf(list[1]).map(plain) };
  const range = /^FOR VALUES FROM \((.*)\) TO \((.*)\)$/s.exec(text);
  if (!range) return { kind: 'unknown' };
  const [from, to] = [valuesOf(range[1] ?? '')[0], valuesOf(range[2] ?? '')[0]];
  if (from === undefined || to === undefined) return { kind: 'unknown' };
  return { kind: 'range', from: endless(from), to: endless(to) };
}

/**
 * Epoch ms of a bound of a date or timestamp; null for anything else, and for infinity.
 * Without an offset it is taken as UTC.
 */
export function timeOfBound(value: string): number | null {
  const parts =
    /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)([+-]\d\d(?::?\d\d)?(?::\d\d)?|Z)?)?$/.exec(
      value,
    );
  if (!parts) return null;
  const [, year = '', month, day, clock = '00:00:00', offset = 'Z'] = parts;
  const zone = /^[+-]\d\d$/.test(offset) ? `${offset}:00` : offset.slice(0, 6);
  const at = Date.parse(`${year.padStart(4, '0')}-${month}-${day}T${clock}${zone}`);
  return Number.isNaN(at) ? null : at;
}

const endless = (value: string) => (/^(MINVALUE|MAXVALUE)$/i.test(value) ? null : plain(value));

/** Without quotes, doubled quotes undone, without a cast. */
function plain(value: string): string {
  const quoted = /^'((?:[^']|'')*)'(?:::.*)?$/s.exec(value);
  return quoted?.[1] === undefined ? value : quoted[1].replaceAll("''", "'");
}

/** Splits at commas that are in no quotes. */
function valuesOf(text: string): string[] {
  return [...text.matchAll(/\s*((?:'(?:[^']|'')*'|[^',])+)(?:,|$)/gs)].flatMap(([, value]) =>
    value === undefined ? [] : value.trim(),
  );
}
