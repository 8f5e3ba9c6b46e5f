/** How quickly incidents are detected, taken on and recovered from, month by month. Pure. */
import { durationsOf, type Stamps } from './phases';

export type Measured = {
  /** Epoch ms of the month's first moment, UTC. */
  month: number;
  incidents: number;
  /** Means over those of which it is known; null where none is. */
  to_detect_ms: number | null;
  to_acknowledge_ms: number | null;
  to_recover_ms: number | null;
};

const monthOf = (at: number) => {
  const day = new Date(at);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
};
const mean = (values: readonly (number | null)[]) => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** Months in which something was detected, oldest first. */
export function measureIncidents(incidents: readonly Stamps[]): Measured[] {
  const months = new Map<number, Stamps[]>();
  for (const one of incidents) {
    const month = monthOf(one.detected_at);
    months.set(month, [...(months.get(month) ?? []), one]);
  }
  return [...months]
    .toSorted(([a], [b]) => a - b)
    .map(([month, own]) => {
      const durations = own.map(durationsOf);
      return {
        ...{ month, incidents: own.length },
        to_detect_ms: mean(durations.map((one) => one.to_detect_ms)),
        to_acknowledge_ms: mean(durations.map((one) => one.to_acknowledge_ms)),
        to_recover_ms: mean(durations.map((one) => one.to_recover_ms)),
      };
    });
}
