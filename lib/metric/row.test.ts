import { describe, expect, it } from 'vitest';
import { counter, defineMetric, flag, gauge, label } from './define-metric';
import { type RawResult, RowError, typedRows } from './row';

const text = { en: 'x', ja: 'x' };
const metric = defineMetric({
  id: 'postgres.sample',
  layer: 'database',
  title: text,
  help: text,
  source: 'x',
  every: '10s',
  timeout: '1s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [{ from: 13, sql: 'select 1' }],
  columns: {
    name: label(),
    up: flag(text),
    size: gauge('bytes', text),
    total: counter('count', text),
  },
  resetAt: 'stats_reset',
  panels: [],
  maxRows: 3,
});
const columns = ['stats_reset', 'name', 'up', 'size', 'total', 'more'];
const rows = (...values: (string | null)[][]): RawResult => ({ columns, rows: values });

describe('typedRows', () => {
  it('types by the definition and takes columns by name, not by place', () => {
    expect(typedRows(metric, rows(['2026', 'a', 'f', '12.5', '9007199254740993', 'z']))).toEqual([
      { labels: { name: 'a' }, values: [0, 12.5, 9007199254740992], resetAt: '2026' },
    ]);
  });
  it('keeps null and what is not a number in the database unknown, never 0', () => {
    expect(typedRows(metric, rows([null, null, null, 'NaN', null, null]))).toEqual([
      { labels: { name: '' }, values: [null, null, null], resetAt: null },
    ]);
  });
  const bad: [string, RawResult, string][] = [
    ['a missing column', { columns: ['name', 'up', 'size', 'stats_reset'], rows: [] }, '"total"'],
    [
      'a missing reset column',
      { columns: ['name', 'up', 'size', 'total'], rows: [] },
      '"stats_reset"',
    ],
    ['empty text as a number', rows([null, 'a', 't', '', '1', '']), '"size"'],
    ['words as a number', rows([null, 'a', 't', 'many', '1', '']), '"size"'],
    ['a number as a flag', rows([null, 'a', '2', '1', '1', '']), '"up"'],
    [
      'rows that labels do not tell apart',
      rows([null, 'a', 't', '1', '1', ''], [null, 'a', 't', '1', '1', '']),
      'same labels',
    ],
    [
      'too many rows',
      rows(...['a', 'b', 'c', 'd'].map((n) => [null, n, 't', '1', '1', ''])),
      'at most 3',
    ],
  ];
  it.each(bad)('refuses %s and names metric and column', (_, result, part) => {
    expect(() => typedRows(metric, result)).toThrow(RowError);
    expect(() => typedRows(metric, result)).toThrow(part);
    expect(() => typedRows(metric, result)).toThrow('postgres.sample');
  });
});
