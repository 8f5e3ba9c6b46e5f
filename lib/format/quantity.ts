/** Figures for people: human units, the same within an axis, never more digits than are known. Pure. */
import type { Locale } from '@/lib/i18n/locale';

/** What a value is; with `perSecond` it is a rate. */
export type Quantity = {
  unit: 'count' | 'bytes' | 'ms' | 'ratio' | 'xids' | 'blocks' | 'flag';
  perSecond?: boolean;
};

/** A unit chosen for an axis: values are divided by `divisor` and followed by `suffix`. */
export type Scale = { divisor: number; suffix: string; digits: number | null };

const bytes: readonly [number, string][] = [
  [1024 ** 4, ' TiB'],
  [1024 ** 3, ' GiB'],
  [1024 ** 2, ' MiB'],
  [1024, ' KiB'],
  [1, ' B'],
];
const counts: readonly [number, string][] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
];
const durations: readonly [number, string][] = [
  [86_400_000, ' d'],
  [3_600_000, ' h'],
  [60_000, ' min'],
  [1000, ' s'],
  [1, ' ms'],
  [0.001, ' µs'],
];

function stepFor(table: readonly [number, string][], size: number): readonly [number, string] {
  const fallback = table.find(([divisor]) => divisor === 1) ?? [1, ''];
  if (size === 0 || !Number.isFinite(size)) return fallback;
  return table.find(([divisor]) => size >= divisor) ?? table.at(-1) ?? fallback;
}

/**
 * The unit for values up to `largest` (absolute), to be used for all of them.
 * Milliseconds per second are shown as a plain number of seconds busy per second.
 */
export function scaleFor(largest: number, quantity: Quantity): Scale {
  const size = Math.abs(largest);
  if (quantity.unit === 'ratio') return { divisor: 0.01, suffix: '%', digits: null };
  if (quantity.unit === 'ms' && quantity.perSecond)
    return { divisor: 1000, suffix: ' s/s', digits: null };
  const table = quantity.unit === 'bytes' ? bytes : quantity.unit === 'ms' ? durations : counts;
  const [divisor, suffix] = stepFor(table, size);
  return { divisor, suffix: quantity.perSecond ? `${suffix}/s` : suffix, digits: null };
}

const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: Locale, least: number, most: number): Intl.NumberFormat {
  const key = `${locale}/${least}/${most}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  });
  formatters.set(key, made);
  return made;
}

/** A value in a given scale, three significant digits, `—` for unknown. */
export function formatScaled(value: number | null, scale: Scale, locale: Locale): string {
  if (value === null || Number.isNaN(value)) return '—';
  const scaled = value / scale.divisor;
  const size = Math.abs(scaled);
  const digits =
    scale.digits ?? (size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  return `${numberFormat(locale, 0, digits).format(scaled)}${scale.suffix}`;
}

/** A single value in the unit that suits it; `—` for unknown (never 0). */
export function formatQuantity(value: number | null, quantity: Quantity, locale: Locale): string {
  return formatScaled(value, scaleFor(value ?? 0, quantity), locale);
}

/** Bytes as B, KiB, MiB, GiB or TiB. */
export function formatBytes(value: number | null, locale: Locale): string {
  return formatQuantity(value, { unit: 'bytes' }, locale);
}

/** Milliseconds as µs, ms, s, min, h or d. */
export function formatMs(value: number | null, locale: Locale): string {
  return formatQuantity(value, { unit: 'ms' }, locale);
}

/** A share from 0 to 1 as a percentage. */
export function formatRatio(value: number | null, locale: Locale): string {
  return formatQuantity(value, { unit: 'ratio' }, locale);
}

/** A plain number; thousands are k, M and G. */
export function formatCount(value: number | null, locale: Locale): string {
  return formatQuantity(value, { unit: 'count' }, locale);
}
