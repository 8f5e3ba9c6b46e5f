import { describe, expect, it } from 'vitest';
import { chooseLocale } from '@/lib/i18n/locale';
import {
  formatBytes,
  formatMs,
  formatQuantity,
  formatRatio,
  formatScaled,
  scaleFor,
} from './quantity';
import { ageOf, formatClock, formatMoment, formatOffset } from './time';

describe('quantities', () => {
  it('never writes an unknown value as 0', () => {
    expect(formatBytes(null, 'en')).toBe('—');
    expect(formatMs(Number.NaN, 'ja')).toBe('—');
    expect(formatMs(0, 'en')).toBe('0 ms');
  });
  it('chooses human units', () => {
    expect(formatBytes(1536, 'en')).toBe('1.5 KiB');
    expect(formatBytes(3 * 1024 ** 3, 'ja')).toBe('3 GiB');
    expect(formatMs(0.25, 'en')).toBe('250 µs');
    expect(formatMs(90_000, 'en')).toBe('1.5 min');
    expect(formatRatio(0.9931, 'en')).toBe('99.3%');
    expect(formatQuantity(12_345, { unit: 'count', perSecond: true }, 'en')).toBe('12.3k/s');
    expect(formatQuantity(-2048, { unit: 'bytes' }, 'en')).toBe('-2 KiB');
  });
  it('keeps one unit within an axis', () => {
    const scale = scaleFor(5 * 1024 ** 2, { unit: 'bytes' });
    expect(formatScaled(512 * 1024, scale, 'en')).toBe('0.5 MiB');
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 10, 23, 5, 2, 31);
  it('are in the zone of the reader with its offset', () => {
    expect(formatClock(at, 'en', 'Asia/Tokyo')).toBe('14:02');
    expect(formatOffset(at, 'Asia/Tokyo')).toBe('+09:00');
    expect(formatOffset(at, 'UTC')).toBe('+00:00');
    expect(formatMoment(at, 'en', 'Asia/Kolkata')).toContain('10:32:31 +05:30');
  });
  it('age in the largest unit that says something', () => {
    expect(ageOf(-5)).toEqual({ unit: 's', n: 0 });
    expect(ageOf(6 * 60_000)).toEqual({ unit: 'm', n: 6 });
    expect(ageOf(50 * 3_600_000)).toEqual({ unit: 'd', n: 2 });
  });
});

describe('language', () => {
  it('is the choice of the reader, else of the browser', () => {
    expect(chooseLocale('ja', 'en')).toBe('ja');
    expect(chooseLocale('xx', 'fr, ja;q=0.8, en;q=0.5')).toBe('ja');
    expect(chooseLocale(undefined, 'ja;q=0, de')).toBe('en');
    expect(chooseLocale(undefined, null)).toBe('en');
  });
});
