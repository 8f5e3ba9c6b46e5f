import { describe, expect, test } from 'vitest';
import type { InventoryTable } from './inventory';
import { parseBound, timeOfBound } from './partition-bounds';
import { childrenByParent, partitionReport } from './partition-report';

const table = (name: string, more: Partial<InventoryTable> = {}): InventoryTable => ({
  schema: 'public',
  name,
  oid: name,
  kind: 'partition',
  parent: 'public.events',
  partition_key: null,
  partition_bound: null,
  rows: null,
  table_bytes: null,
  index_bytes: null,
  seq_scans: null,
  seq_rows: null,
  index_scans: null,
  inserted: null,
  updated: null,
  deleted: null,
  live_rows: null,
  dead_rows: null,
  last_analyze: null,
  columns: [],
  indexes: [],
  foreign_keys: [],
  ...more,
});
const parent = table('events', { kind: 'partitioned', parent: null, partition_key: 'RANGE (at)' });
const range = (from: string, to: string, more: Partial<InventoryTable> = {}) =>
  table(`events_${from}`, {
    partition_bound: `FOR VALUES FROM ('${from}') TO ('${to}')`,
    ...more,
  });
const report = (children: InventoryTable[], now: string, recent?: ReadonlyMap<string, number>) =>
  partitionReport(
    parent,
    childrenByParent({ tables: [parent, ...children] }),
    Date.parse(now),
    recent,
  );

describe('bounds', () => {
  test.each([
    [
      `FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00')`,
      { kind: 'range', from: '2026-11-01 00:00:00+00', to: '2026-12-01 00:00:00+00' },
    ],
    [`FOR VALUES FROM (1, 'a,b') TO (10, MAXVALUE)`, { kind: 'range', from: '1', to: '10' }],
    ['FOR VALUES FROM (MINVALUE) TO (MAXVALUE)', { kind: 'range', from: null, to: null }],
    [`FOR VALUES IN ('it''s', 'a, b', NULL)`, { kind: 'list', values: [`it's`, 'a, b', 'NULL'] }],
    ['FOR VALUES WITH (modulus 4, remainder 1)', { kind: 'hash', modulus: 4, remainder: 1 }],
    ['DEFAULT', { kind: 'default' }],
    [null, { kind: 'unknown' }],
    ['FOR VALUES FROM () TO ()', { kind: 'unknown' }],
  ])('%s', (text, bound) => expect(parseBound(text)).toEqual(bound));

  test.each([
    ['2026-11-01', '2026-11-01T00:00:00Z'],
    ['2026-11-01 12:30:00', '2026-11-01T12:30:00Z'],
    ['2026-11-01 09:00:00+09', '2026-11-01T00:00:00Z'],
    ['2026-11-01 00:00:00-03:30', '2026-11-01T03:30:00Z'],
    ['2026-11-01 00:00:00.25+00', '2026-11-01T00:00:00.250Z'],
  ])('%s is a time', (text, iso) => expect(timeOfBound(text)).toBe(Date.parse(iso)));
  test.each(['42', 'infinity', 'a', '2026-13-01', ''])('%s is none', (text) =>
    expect(timeOfBound(text)).toBeNull(),
  );
});

describe('partitions by time', () => {
  const months = [
    range('2026-09-01', '2026-10-01', {
      table_bytes: 100,
      index_bytes: 20,
      seq_scans: 0,
      index_scans: 0,
      inserted: 0,
      updated: 0,
      deleted: 0,
    }),
    range('2026-10-01', '2026-11-01', { inserted: 10, updated: 0, deleted: 0 }),
    range('2026-11-01', '2026-12-01', { inserted: 90, updated: 0, deleted: 0 }),
  ];

  test('are covered until the end of the last one without a gap', () => {
    const seen = report([...months, range('2027-01-01', '2027-02-01')], '2026-11-10T00:00:00Z');
    expect(seen.time).toMatchObject({
      covered_until: Date.parse('2026-12-01'),
      covers_now: true,
      next: 'ok',
      oldest: { name: 'public.events_2026-09-01', bytes: 120, untouched: true },
    });
    expect(seen.uneven).toBe(false);
    expect(seen.partitions.map(({ from }) => from)).toEqual(
      ['2027-01-01', '2026-11-01', '2026-10-01', '2026-09-01'].map((day) => Date.parse(day)),
    );
  });

  test('are hot by what is written in the range, not by what they got in their time', () => {
    expect(report(months, '2026-11-10').hot).toBeNull();
    const recent = new Map([
      ['public.events_2026-10-01', 1],
      ['public.events_2026-11-01', 3],
    ]);
    expect(report(months, '2026-11-10', recent).hot).toEqual({
      name: 'public.events_2026-11-01',
      share: 0.75,
    });
  });

  test('the next one is due a week before, or two widths when they are narrow', () => {
    expect(report(months, '2026-11-23T12:00:00Z').time?.next).toBe('ok');
    expect(report(months, '2026-11-24T12:00:00Z').time?.next).toBe('soon');
    expect(report(months, '2026-12-01T00:00:00Z').time).toMatchObject({
      next: 'missing',
      covers_now: false,
    });
    const days = ['01', '02', '03', '04'].map((day, nth) =>
      range(`2026-11-${day}`, `2026-11-0${nth + 2}`),
    );
    expect(report(days, '2026-11-02T12:00:00Z').time?.next).toBe('ok');
    expect(report(days, '2026-11-03T12:00:00Z').time?.next).toBe('soon');
  });

  test('one without an end is never missing', () => {
    const open = table('rest', { partition_bound: `FOR VALUES FROM ('2026-12-01') TO (MAXVALUE)` });
    expect(report([...months, open], '2026-11-30T00:00:00Z').time).toMatchObject({
      covered_until: null,
      next: 'ok',
    });
  });

  test('the default one is last, with the rows that found no other', () => {
    const rest = table('rest', { partition_bound: 'DEFAULT', rows: 0, live_rows: 12 });
    const seen = report([rest, ...months], '2026-11-10T00:00:00Z');
    expect(seen.default).toEqual({ name: 'public.rest', rows: 12, writes: null });
    expect(seen.partitions.at(-1)?.name).toBe('public.rest');
  });
});

describe('other partitions', () => {
  const hash = (remainder: number, inserted: number | null) =>
    table(`h${remainder}`, {
      partition_bound: `FOR VALUES WITH (modulus 4, remainder ${remainder})`,
      inserted,
    });

  test('by number are not by time', () => {
    expect(
      report(
        [table('a', { partition_bound: 'FOR VALUES FROM (1) TO (10)' })],
        '2026-11-10T00:00:00Z',
      ).time,
    ).toBeNull();
  });

  test('are uneven when one takes more than twice its share', () => {
    expect(report([hash(0, 10), hash(1, 10), hash(2, 10), hash(3, 70)], '2026-11-10').uneven).toBe(
      true,
    );
    expect(report([hash(0, 20), hash(1, 20), hash(2, 20), hash(3, 40)], '2026-11-10').uneven).toBe(
      false,
    );
    expect(report([hash(0, null), hash(1, null)], '2026-11-10')).toMatchObject({
      hot: null,
      uneven: false,
    });
  });

  test('below partitions are counted in', () => {
    const middle = table('middle', { kind: 'partitioned', partition_bound: 'DEFAULT' });
    const leaf = table('leaf', {
      parent: 'public.middle',
      rows: 5,
      table_bytes: 7,
      index_bytes: 1,
    });
    expect(report([middle, leaf], '2026-11-10').partitions).toMatchObject([
      { name: 'public.middle', rows: 5, bytes: 8, writes: null, partitions: 1 },
    ]);
  });
});
