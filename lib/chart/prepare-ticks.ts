const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800,
].map((s) => s * 1000);

/** Round moments for a time axis, at most `most` of them, aligned to the reader's zone (`offsetMs` east of UTC). */
export function timeTicks(from: number, to: number, most: number, offsetMs = 0): number[] {
  const span = to - from;
  if (span <= 0) return [];
  const step =
    steps.find((s) => span / s <= most) ?? Math.ceil(span / most / 86_400_000) * 86_400_000;
  const ticks: number[] = [];
  for (let t = Math.ceil((from + offsetMs) / step) * step - offsetMs; t <= to; t += step)
    ticks.push(t);
  return ticks;
}

/** Round values from zero for a value axis whose unit is `divisor`; the last is not below `highest`. */
export function valueTicks(highest: number | null, divisor: number, wanted = 4): number[] {
  const top = (highest ?? 0) / divisor;
  if (!(top > 0)) return [0, divisor];
  const rough = top / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = [1, 2, 2.5, 5, 10].find((n) => n * power >= rough) ?? 10;
  const step = nice * power;
  const count = Math.ceil(top / step - 1e-9);
  return Array.from(
    { length: count + 1 },
    (_, index) => Number((index * step).toPrecision(10)) * divisor,
  );
}

/** An SVG path of a sparkline in a `width` by `height` box, from zero; gaps are breaks. Empty when nothing is known. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
): string {
  const highest = Math.max(0, ...values.map((v) => v ?? 0));
  const dx = values.length > 1 ? width / (values.length - 1) : 0;
  let path = '';
  let drawing = false;
  values.forEach((value, index) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const x = (index * dx).toFixed(1);
    const y = (highest > 0 ? height - (value / highest) * height : height).toFixed(1);
    const alone = !drawing && (values[index + 1] ?? null) === null;
    path += `${drawing ? 'L' : 'M'}${x} ${y}${alone ? 'h1' : ''}`;
    drawing = true;
  });
  return path;
}
