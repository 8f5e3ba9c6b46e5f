import { describe, expect, it } from 'vitest';
import { averageSamples } from './average-samples';

const row = (wait: string, value: number | null) => ({
  labels: { wait },
  values: [value],
  resetAt: null,
});

describe('averageSamples', () => {
  it('averages over all readings; who is not in one counts as zero there', () => {
    const samples = averageSamples();
    samples.add([row('CPU', 2), row('Lock', 4)]);
    samples.add([row('CPU', 1)]);
    samples.add([row('CPU', 0)]);
    samples.add([row('CPU', 1)]);
    expect(samples.take()).toMatchObject({ count: 4, rows: [row('CPU', 1), row('Lock', 1)] });
  });

  it('does not take what is unknown for zero', () => {
    const samples = averageSamples();
    samples.add([row('CPU', 3)]);
    samples.add([row('CPU', null)]);
    expect(samples.take().rows).toEqual([row('CPU', 3)]);
    samples.add([row('CPU', null)]);
    expect(samples.take().rows).toEqual([row('CPU', null)]);
  });

  it('begins anew after each taking', () => {
    const samples = averageSamples();
    samples.add([row('CPU', 3)]);
    samples.take();
    expect(samples.take()).toEqual({ count: 0, rows: [] });
  });
});
