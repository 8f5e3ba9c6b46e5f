/** From stored points to what a chart draws, and the window of time all charts share. Pure. */

/** Windows that follow the clock, in milliseconds. */
export const presets = {
  '15m': 900_000,
  '1h': 3_600_000,
  '3h': 10_800_000,
  '12h': 43_200_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
} as const;
export type Preset = keyof typeof presets;
export const presetNames = Object.keys(presets) as Preset[];

/** What the address says: a window that follows the clock, or one held still (epoch milliseconds). */
export type RangeChoice =
  | { kind: 'live'; preset: Preset }
  | { kind: 'fixed'; from: number; to: number };

const shortest = 1000;

function readMoment(text: string | null): number | null {
  if (!text) return null;
  const at = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(at) ? at : null;
}

/** Reads `?range=1h` or `?from=&to=`; the last hour, live, when there is neither or nonsense. */
export function parseRange(get: (name: string) => string | null): RangeChoice {
  const from = readMoment(get('from'));
  const to = readMoment(get('to'));
  if (from !== null && to !== null && to - from >= shortest) return { kind: 'fixed', from, to };
  const preset = get('range');
  return { kind: 'live', preset: presetNames.find((name) => name === preset) ?? '1h' };
}

/** The query parameters of a choice; the default is none, so that plain addresses stay plain. */
export function rangeParams(choice: RangeChoice): Record<string, string> {
  if (choice.kind === 'fixed')
    return { from: String(Math.round(choice.from)), to: String(Math.round(choice.to)) };
  return choice.preset === '1h' ? {} : { range: choice.preset };
}

/** How often a live window of that length moves: often enough to feel alive, seldom enough to be cheap. */
export function liveStepMs(spanMs: number): number {
  return Math.min(60_000, Math.max(5000, Math.round(spanMs / 360 / 5000) * 5000));
}

/** The window at `now`; a live one ends on a whole step so that every chart asks for the same one. */
export function resolveRange(choice: RangeChoice, now: number): { from: number; to: number } {
  if (choice.kind === 'fixed') return { from: choice.from, to: choice.to };
  const span = presets[choice.preset];
  const step = liveStepMs(span);
  const to = Math.floor(now / step) * step;
  return { from: to - span, to };
}

/** Twice the window around the same middle, never beyond `now`. */
export function zoomOut(range: { from: number; to: number }, now: number): RangeChoice {
  const span = range.to - range.from;
  const to = Math.min(now, range.to + span / 2);
  return { kind: 'fixed', from: Math.round(to - span * 2), to: Math.round(to) };
}
