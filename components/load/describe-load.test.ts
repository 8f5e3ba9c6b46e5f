import { describe, expect, it } from 'vitest';
import { describeLoad } from './describe-load';

const load = (average: number | null, cores: number | null, share = 0.5) => ({
  ...{ average, cores },
  slices: [
    { key: 'Lock', average: 1, share, text: null, statement: null, points: [] },
  ] as Parameters<typeof describeLoad>[0]['slices'],
});

describe('describeLoad', () => {
  it.each([
    [load(null, 4), 'unknown', 'unknown'],
    [load(0, 4), 'ok', 'idle'],
    [load(3.9, 4), 'ok', 'calm'],
    [load(4.1, 4), 'warning', 'above'],
    // Without cores nobody can say whether it is much.
    [load(400, null), 'unknown', 'withoutCores'],
  ])('%#: status and words', (given, status, code) => {
    expect(describeLoad(given)).toMatchObject({ status, code });
  });

  it('names what makes most of it, and nothing when nothing stands out', () => {
    expect(describeLoad(load(2, 4)).leader).toEqual({ key: 'Lock', share: 0.5 });
    expect(describeLoad(load(2, 4, 0.2)).leader).toBeNull();
    expect(describeLoad({ average: 2, cores: 4, slices: [] }).leader).toBeNull();
  });
});
