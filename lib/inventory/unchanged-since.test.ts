import { expect, test } from 'vitest';
import { unchangedSince } from './unchanged-since';

const began = Date.parse('2026-11-01');
const day = (date: string, scans: number, counted_since: number | null = began) => ({
  ...{ day: `2026-11-${date}`, scans, counted_since },
});

test('never scanned: since it is counted, also before its days were kept', () => {
  expect(unchangedSince(0, began, [day('20', 0), day('21', 0)])).toBe(began);
});

test('scanned once: since the end of the first day that had as many', () => {
  expect(unchangedSince(5, began, [day('18', 4), day('19', 5), day('20', 5)])).toBe(
    Date.parse('2026-11-20'),
  );
});

test('a count that began anew says nothing of before', () => {
  expect(unchangedSince(5, began, [day('18', 5, began - 1), day('19', 5)])).toBe(
    Date.parse('2026-11-20'),
  );
});

test.each([
  ['not counted', null, [day('19', 5)]],
  ['scanned since the last day', 6, [day('19', 5)]],
  ['no day is kept', 6, []],
])('%s: not known', (_, scans, days) => expect(unchangedSince(scans, began, days)).toBeNull());

test('when the server does not say since when, the days tell', () => {
  expect(unchangedSince(0, null, [day('19', 0, null)])).toBe(Date.parse('2026-11-20'));
});
