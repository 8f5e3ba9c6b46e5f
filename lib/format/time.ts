import type { Locale } from '@/lib/i18n/locale';

/** An age in its largest whole unit, for words such as "6 min ago". */
export type Age = { unit: 's' | 'm' | 'h' | 'd'; n: number };

/** How long `ms` is, rounded down; never negative. */
export function ageOf(ms: number): Age {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 90) return { unit: 's', n: s };
  if (s < 90 * 60) return { unit: 'm', n: Math.floor(s / 60) };
  if (s < 36 * 3600) return { unit: 'h', n: Math.floor(s / 3600) };
  return { unit: 'd', n: Math.floor(s / 86_400) };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(locale: Locale, zone: string, options: Intl.DateTimeFormatOptions) {
  const key = `${locale}/${zone}/${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'ja-JP', {
    ...options,
    timeZone: zone,
    hourCycle: 'h23',
  });
  formats.set(key, made);
  return made;
}

const clock = { hour: '2-digit', minute: '2-digit' } as const;
const day = { month: 'short', day: 'numeric' } as const;

/** 14:02, or 14:02:31 with `seconds`, in the reader's zone. */
export function formatClock(at: number, locale: Locale, zone: string, seconds = false): string {
  return dateFormat(locale, zone, seconds ? { ...clock, second: '2-digit' } : clock).format(at);
}

/** The label of a time axis over `spanMs`: seconds for minutes, the date for days. */
export function formatTick(at: number, spanMs: number, locale: Locale, zone: string): string {
  if (spanMs <= 10 * 60_000) return formatClock(at, locale, zone, true);
  if (spanMs <= 36 * 3_600_000) return formatClock(at, locale, zone);
  if (spanMs <= 4 * 86_400_000)
    return `${dateFormat(locale, zone, day).format(at)} ${formatClock(at, locale, zone)}`;
  return dateFormat(locale, zone, day).format(at);
}

/** The zone's offset at that moment, e.g. `+09:00`. */
export function formatOffset(at: number, zone: string): string {
  const part = dateFormat('en', zone, { timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((p) => p.type === 'timeZoneName')?.value;
  const offset = (part ?? 'GMT').replace('GMT', '');
  return offset === '' ? '+00:00' : offset;
}

/** Date, time and offset: `23 Nov 2026, 14:02:31 +09:00`. */
export function formatMoment(at: number, locale: Locale, zone: string): string {
  const text = dateFormat(locale, zone, {
    year: 'numeric',
    ...day,
    ...clock,
    second: '2-digit',
  }).format(at);
  return `${text} ${formatOffset(at, zone)}`;
}

/** The clock, with the date when it is not within a day of `now`: for ranges, where room is scarce. */
export function formatShort(at: number, now: number, locale: Locale, zone: string): string {
  const text = formatClock(at, locale, zone);
  return Math.abs(now - at) < 86_400_000
    ? text
    : `${dateFormat(locale, zone, day).format(at)} ${text}`;
}
