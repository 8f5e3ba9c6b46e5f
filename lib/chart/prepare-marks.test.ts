import { describe, expect, it } from 'vitest';
import { marksNear, prepareMarks } from './prepare-marks';

const span = { from: 0, to: 1000 };

describe('prepareMarks', () => {
  it('leaves out what is outside of the window, and makes one flag of those too close', () => {
    const placed = prepareMarks(
      [
        { at: -1, text: '14:00:00 before' },
        { at: 105, text: '14:02:01 b answers again' },
        { at: 100, text: '14:02:00 a restarted' },
        { at: 600, text: 'promoted' },
      ],
      span,
      1000,
    );
    expect(placed.map(({ x, words }) => [x, words])).toEqual([
      [100, '2 · b answers again'],
      [600, 'promoted'],
    ]);
    expect(placed[0]?.texts).toHaveLength(2);
  });

  it('gives words no more room than there is up to the next flag or the edge', () => {
    const marks = [0, 60, 100, 980].map((at) => ({ at, text: 'x' }));
    const placed = prepareMarks(marks, span, 1000);
    for (const [index, mark] of placed.entries()) {
      const next = placed[index + 1];
      if (mark.side === 'right') expect(mark.x + 12 + mark.room).toBeLessThan(next?.x ?? 1000);
    }
    expect(placed.at(-1)).toMatchObject({ side: 'left', room: 220 });
  });

  it('knows what belongs to a moment', () => {
    expect(
      marksNear(
        [
          { at: 5, text: 'x' },
          { at: 50, text: 'y' },
        ],
        8,
        5,
      ),
    ).toEqual([{ at: 5, text: 'x' }]);
  });
});
