import { describe, expect, it } from 'vitest';
import { bucketOf } from '@/lib/log/durations';
import { bucketsBetween, middleOf } from './histograms';

describe('histograms of MySQL', () => {
  it('lie where the server says', () => {
    // BUCKET_TIMER_LOW and _HIGH of MySQL 9.7, in ms.
    const edges: [number, number, number][] = [
      [0, 0, 0.01],
      [1, 0.01, 0.010471285],
      [100, 0.954992586, 1],
      [101, 1, 1.047128548],
      [448, 8_709_635.8995, 9_120_108.3935],
    ];
    for (const [bucket, low, high] of edges) {
      expect(middleOf(bucket)).toBeGreaterThan(low);
      expect(middleOf(bucket)).toBeLessThan(high);
      expect(bucketOf(middleOf(bucket))).toBeLessThanOrEqual(bucketOf(high));
    }
  });

  it('are subtracted bucket by bucket', () => {
    const before = new Map([
      [101, 5],
      [150, 1],
    ]);
    const now = new Map([
      [101, 8],
      [150, 1],
      [200, 2],
    ]);
    expect(bucketsBetween(before, now)).toEqual([
      [bucketOf(middleOf(101)), 3],
      [bucketOf(middleOf(200)), 2],
    ]);
    expect(bucketsBetween(now, now)).toEqual([]);
  });

  it('that were emptied count from nothing', () => {
    expect(
      bucketsBetween(
        new Map([
          [101, 5],
          [102, 1],
        ]),
        new Map([[101, 7]]),
      ),
    ).toEqual([[bucketOf(middleOf(101)), 7]]);
  });
});
