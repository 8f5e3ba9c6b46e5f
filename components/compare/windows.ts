/** Which two windows are compared, from what the address says. Pure. */

export const againsts = ['previous', 'day', 'week', 'event'] as const;
export type Against = (typeof againsts)[number];

export const widths = {
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '24h': 86_400_000,
};
export type Width = keyof typeof widths;

type Span = { from: number; to: number };

/** The window before `after`, or the same hours a day or a week earlier. */
export function windowBefore(after: Span, against: Exclude<Against, 'event'>): Span {
  const back = { previous: after.to - after.from, day: 86_400_000, week: 604_800_000 }[against];
  return { from: after.from - back, to: after.to - back };
}

export const againstOf = (text: string | null): Against =>
  againsts.find((one) => one === text) ?? 'previous';
export const widthOf = (text: string | null): Width =>
  (Object.keys(widths) as Width[]).find((one) => one === text) ?? '1h';
