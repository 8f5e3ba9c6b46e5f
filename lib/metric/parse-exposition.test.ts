import { describe, expect, it } from 'vitest';
import { parseExposition } from './parse-exposition';

describe('an exposition of Prometheus', () => {
  it('gives names, labels and values', () => {
    const text = `# HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 1.23456e+06
node_load1 0.5 1700000000000
odd { path = "C:\\\\a\\"b\\nc" , } -3
up{} +Inf\r
gone NaN
odd Nan
`;
    expect(parseExposition(text)).toEqual([
      { name: 'node_cpu_seconds_total', labels: { cpu: '0', mode: 'idle' }, value: 1_234_560 },
      { name: 'node_load1', labels: {}, value: 0.5 },
      { name: 'odd', labels: { path: 'C:\\a"b\nc' }, value: -3 },
      { name: 'up', labels: {}, value: Number.POSITIVE_INFINITY },
      { name: 'gone', labels: {}, value: Number.NaN },
      { name: 'odd', labels: {}, value: Number.NaN },
    ]);
  });

  it.each([
    '<html><body>Sign in</body></html>',
    'name',
    'name{a="b} 1',
    'name{a=b} 1',
    'name{a="b" c="d"} 1',
    'name twelve',
    '{a="b"} 1',
    'name{a="\\x"} 1',
  ])('refuses what is none: %s', (text) => {
    expect(() => parseExposition(`ok 1\n${text}`)).toThrow('line 2 is not an exposition');
  });

  it('keeps what is wanted alone, and not more than it may', () => {
    const text = 'a 1\nb 2\nb 3\n';
    expect(parseExposition(text, { wanted: (name) => name === 'a' })).toHaveLength(1);
    expect(() => parseExposition(text, { maxSamples: 2 })).toThrow('more than 2 samples');
  });
});
