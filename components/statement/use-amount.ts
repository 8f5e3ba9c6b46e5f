'use client';

import { useFormatter } from 'next-intl';

/** Amounts for tables, short and in the reader's language. Unknown is a dash, never 0. */
export function useAmount() {
  const format = useFormatter();
  const digits = (value: number) => format.number(value, { maximumSignificantDigits: 3 });
  return {
    /** A number of things: 999, 1.2K, 3.4M. */
    count(value: number | null): string {
      if (value === null) return '–';
      return format.number(
        value,
        value < 10_000
          ? { maximumFractionDigits: value < 10 ? 1 : 0 }
          : { notation: 'compact', maximumSignificantDigits: 3 },
      );
    },
    /** A duration in milliseconds, in the unit a person would say. */
    time(ms: number | null): string {
      if (ms === null) return '–';
      if (ms === 0) return '0 ms';
      if (ms < 0.001) return '< 1 µs';
      if (ms < 1) return `${digits(ms * 1000)} µs`;
      if (ms < 1000) return `${digits(ms)} ms`;
      if (ms < 120_000) return `${digits(ms / 1000)} s`;
      if (ms < 7_200_000) return `${digits(ms / 60_000)} min`;
      return `${digits(ms / 3_600_000)} h`;
    },
    bytes(value: number | null): string {
      if (value === null) return '–';
      const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
      const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
      return `${digits(value / 1024 ** power)} ${units[power]}`;
    },
    /** A share of 0..1. A little is not nothing: below a tenth of a percent it says so. */
    share(value: number | null): string {
      if (value === null) return '–';
      if (value > 0 && value < 0.001)
        return `< ${format.number(0.001, { style: 'percent', maximumFractionDigits: 1 })}`;
      return format.number(value, {
        style: 'percent',
        minimumFractionDigits: value > 0 && value < 0.995 ? 1 : 0,
        maximumFractionDigits: 1,
      });
    },
  };
}
