import { expect, it } from 'vitest';
import { parseRange, rangeParams, resolveRange, zoomOut } from './time-range';

const from = (query: string) => {
  const params = new URLSearchParams(query);
  return parseRange((name) => params.get(name));
};

it('reads the window from the address and writes it back', () => {
  expect(from('')).toEqual({ kind: 'live', preset: '1h' });
  expect(from('range=7d')).toEqual({ kind: 'live', preset: '7d' });
  expect(from('from=1000&to=61000')).toEqual({ kind: 'fixed', from: 1000, to: 61_000 });
  expect(from('from=2026-01-01T00:00Z&to=2026-01-02T00:00Z')).toMatchObject({ kind: 'fixed' });
  for (const nonsense of ['range=x', 'from=5', 'from=9&to=8', 'from=a&to=b'])
    expect(from(nonsense)).toEqual({ kind: 'live', preset: '1h' });
  const params = rangeParams({ kind: 'fixed', from: 1000.4, to: 61_000 });
  expect(from(new URLSearchParams(params).toString())).toMatchObject({ from: 1000, to: 61_000 });
});

it('ends a live window on a whole step', () => {
  const a = resolveRange({ kind: 'live', preset: '1h' }, 1_000_000_001);
  const b = resolveRange({ kind: 'live', preset: '1h' }, 1_000_004_000);
  expect(a).toEqual(b);
  expect(a.to - a.from).toBe(3_600_000);
});

it('zooms out around the middle but not into the future', () => {
  expect(zoomOut({ from: 100_000, to: 200_000 }, 1e9)).toMatchObject({ from: 50_000, to: 250_000 });
  expect(zoomOut({ from: 100_000, to: 200_000 }, 200_000)).toMatchObject({ from: 0, to: 200_000 });
});
