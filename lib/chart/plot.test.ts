import { describe, expect, it } from 'vitest';
import { besideX, draggedSpan, momentAt, nearestIndex, valueAt, xOf } from './plot';

const span = { from: 1_000_000, to: 4_600_000 };
const rows = [
  { t: 0, a: 1, b: null },
  { t: 10, a: null, b: 5 },
  { t: 40, a: 4, b: 6 },
];

describe('plot', () => {
  it('finds the moment of a pixel and back, inside of the window only', () => {
    expect(momentAt(xOf(2_000_000, span, 360), span, 360)).toBeCloseTo(2_000_000);
    expect(momentAt(-20, span, 360)).toBe(span.from);
    expect(momentAt(999, span, 360)).toBe(span.to);
  });

  it('takes a short drag for a click, a drag in either direction for a window', () => {
    expect(draggedSpan(1_000_000, 1_070_000, span, 360)).toBeNull();
    expect(draggedSpan(2_000_000, 1_500_000, span, 360)).toEqual({
      from: 1_500_000,
      to: 2_000_000,
    });
  });

  it('widens a choice too narrow to hold a reading', () => {
    expect(draggedSpan(4000, 5000, { from: 0, to: 20_000 }, 400)).toEqual({ from: -500, to: 9500 });
  });

  it('reads the nearest value of a line, and nothing inside a gap', () => {
    expect([-5, 4, 6, 90].map((at) => nearestIndex(rows, at))).toEqual([0, 0, 1, 2]);
    expect(nearestIndex([], 4)).toBe(-1);
    expect(valueAt(rows, 'a', 9, 10)).toBe(1);
    expect(valueAt(rows, 'a', 25, 10)).toBeNull();
  });

  it('keeps a box on the screen', () => {
    expect(besideX(100, 200, 1000)).toBe(112);
    expect(besideX(900, 200, 1000)).toBe(688);
    expect(besideX(200, 340, 390)).toBe(42);
  });
});
