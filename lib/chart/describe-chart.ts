/** What a chart shows, for a sentence: nothing, all under the limit, or over it; and where its leading line goes. Pure. */
import type { Chart } from './prepare-lines';

export type Trend = 'rising' | 'falling' | 'steady' | 'unknown';
export type ChartSummary = {
  /** `none`: no value at all. `silent`: none now. `over`: the latest is over the limit. `ok`: it is not, or there is none. */
  state: 'none' | 'silent' | 'over' | 'ok';
  /** Name of the line that is highest now (or was, when none has a value now). */
  leader: string;
  last: number | null;
  lowest: number | null;
  highest: number | null;
  trend: Trend;
};

/** A change smaller than this share of the larger of both ends is none. */
const noticeable = 0.1;

/** Sums a chart up by the line that is highest now. */
export function describeChart(chart: Chart, limit: number | null): ChartSummary {
  const ranked = [...chart.lines].sort(
    (a, b) => (b.last ?? -1) - (a.last ?? -1) || (b.highest ?? -1) - (a.highest ?? -1),
  );
  const leader = ranked[0];
  const values = leader
    ? chart.rows.map((row) => row[leader.key]).filter((value) => value != null)
    : [];
  const nothing = { leader: leader?.name ?? '', last: null, lowest: null, highest: null } as const;
  if (!leader || values.length === 0) return { state: 'none', trend: 'unknown', ...nothing };
  const over = limit !== null && leader.last !== null && leader.last > limit;
  return {
    state: leader.last === null ? 'silent' : over ? 'over' : 'ok',
    leader: leader.name,
    last: leader.last,
    lowest: values.reduce((low, value) => Math.min(low, value)),
    highest: leader.highest,
    trend: trendOf(values),
  };
}

/** Compares the first third with the last; fewer than six values have no trend. */
export function trendOf(values: readonly number[]): Trend {
  if (values.length < 6) return 'unknown';
  const third = Math.floor(values.length / 3);
  const mean = (part: readonly number[]) => part.reduce((sum, v) => sum + v, 0) / part.length;
  const [before, after] = [mean(values.slice(0, third)), mean(values.slice(-third))];
  const size = Math.max(Math.abs(before), Math.abs(after));
  if (Math.abs(after - before) <= size * noticeable) return 'steady';
  return after > before ? 'rising' : 'falling';
}
