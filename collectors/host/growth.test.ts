import { describe, expect, it } from 'vitest';
import { watchGrowth } from './growth';

const minute = 60_000;
const gib = 1024 ** 3;
/** What the last of `minutes` readings, one a minute, says. */
const seenFor = (minutes: number, usedAt: (minute: number) => number) => {
  const growth = watchGrowth();
  let said = growth.add('/data', 0, usedAt(0), 100 * gib - usedAt(0));
  for (let i = 1; i <= minutes; i++)
    said = growth.add('/data', i * minute, usedAt(i), 100 * gib - usedAt(i));
  return said;
};

describe('days to full', () => {
  it('are unknown before 30 minutes were seen', () => {
    expect(seenFor(29, (i) => i * gib)).toEqual({ bytesPerDay: null, daysToFull: null });
  });
  it('follow a straight line: 1 GiB a day of 50 left is 50 days', () => {
    const said = seenFor(120, (i) => 50 * gib + (i / 1440) * gib);
    expect(said.bytesPerDay).toBeCloseTo(gib, -3);
    expect(said.daysToFull).toBeCloseTo(50, 0);
  });
  it('are unknown when it does not grow, which is not never', () => {
    expect(seenFor(120, () => 50 * gib).daysToFull).toBeNull();
    expect(seenFor(120, (i) => 50 * gib - i * 1024 ** 2).daysToFull).toBeNull();
  });
  it('forget what is older than 6 hours', () => {
    const said = seenFor(14 * 60, (i) => (i < 7 * 60 ? i * 0.1 * gib : 42 * gib));
    expect(said.daysToFull).toBeNull();
  });
  it('are those of the trend where files come and go: the saw of the log of changes', () => {
    const saw = (i: number) => (i % 7) * 0.2 * gib;
    const said = seenFor(240, (i) => 50 * gib + (i / 1440) * 10 * gib + saw(i));
    expect(said.daysToFull).toBeGreaterThan(3.5);
    expect(said.daysToFull).toBeLessThan(6.5);
    const flat = seenFor(240, (i) => 50 * gib + saw(i));
    expect(flat.daysToFull ?? Infinity).toBeGreaterThan(60);
  });
  it('are unknown after one large file was put there: that is no growth that goes on', () => {
    for (const when of [40, 120, 200])
      expect(seenFor(240, (i) => (i < when ? 50 : 70) * gib).daysToFull).toBeNull();
  });
  it('do not end with a backup that is there for half an hour', () => {
    const said = seenFor(
      240,
      (i) => 50 * gib + (i / 1440) * 2 * gib + (i >= 100 && i < 130 ? 30 * gib : 0),
    );
    expect(said.daysToFull).toBeGreaterThan(20);
    expect(said.daysToFull).toBeLessThan(28);
  });
});
