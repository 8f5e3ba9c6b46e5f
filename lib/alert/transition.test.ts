import { expect, test } from 'vitest';
import { conditions, outcome, play } from '@/scripts/play-alert';

const second = 1000;

type Row = [keyof typeof conditions, string, string];
const rows: Row[] = [
  // ok and pending
  ['above', '', 'ok - fresh'],
  ['above', '50', 'ok - fresh'],
  ['above', '80', 'ok - fresh'],
  ['above', '80.1', 'pending warning fresh'],
  ['above', '90', 'pending warning fresh'],
  ['above', '91', 'pending critical fresh'],
  ['above', '85 85', 'pending warning fresh'],
  ['above', '85 95', 'pending critical fresh'],
  ['above', '95 85', 'pending warning fresh'],
  ['above', '85 50', 'ok - fresh'],
  ['above', '85 75', 'ok - fresh'],
  ['above', '85 50 85 85', 'pending warning fresh'],
  ['above', '85 85 85', 'firing warning fresh, firing:warning'],
  ['above', '95 95 95', 'firing critical fresh, firing:critical'],
  ['above', '85 85 95', 'firing critical fresh, firing:critical'],
  ['above', '95 95 85', 'firing warning fresh, firing:warning'],
  ['above', '0', 'ok - fresh'],
  ['above', '-5', 'ok - fresh'],
  // The same reading seen again is not a second one.
  ['above', '85 = = =', 'pending warning fresh'],
  ['above', '85 = 85 = 85', 'firing warning fresh, firing:warning'],
  ['quick', '1 = =', 'firing critical fresh, firing:critical'],
  // below
  ['below', '25', 'ok - fresh'],
  ['below', '20', 'ok - fresh'],
  ['below', '19', 'pending warning fresh'],
  ['below', '9', 'pending critical fresh'],
  ['below', '15 15 15', 'firing warning fresh, firing:warning'],
  ['below', '5 5 5', 'firing critical fresh, firing:critical'],
  ['below', '15 15 15 25', 'firing warning fresh, firing:warning'],
  ['below', '15 15 15 30', 'recovering warning fresh, firing:warning'],
  ['below', '15 15 15 30 30 30', 'resolved - fresh, firing:warning, resolved'],
  ['below', '0 0 0', 'firing critical fresh, firing:critical'],
  // for 0
  ['quick', '0', 'ok - fresh'],
  ['quick', '1', 'firing critical fresh, firing:critical'],
  ['quick', '1 0', 'resolved - fresh, firing:critical, resolved'],
  ['quick', '1 0 1', 'firing critical fresh, firing:critical, resolved, firing:critical'],
  ['quick', '1 0 1 0', 'resolved - fresh, firing:critical, resolved, firing:critical, resolved'],
  ['warning', '81 99', 'firing warning fresh, firing:warning'],
  // severity
  ['above', '85 85 85 95', 'firing critical fresh, firing:warning, firing:critical'],
  ['above', '95 95 95 85', 'firing warning fresh, firing:critical'],
  ['above', '95 95 95 85 95', 'firing critical fresh, firing:critical, firing:critical'],
  ['above', '95 95 95 75', 'firing critical fresh, firing:critical'],
  ['above', '85 85 85 75', 'firing warning fresh, firing:warning'],
  // recovery
  ['above', '85 85 85 70', 'recovering warning fresh, firing:warning'],
  ['above', '85 85 85 70.1', 'firing warning fresh, firing:warning'],
  ['above', '85 85 85 60 60', 'recovering warning fresh, firing:warning'],
  ['above', '85 85 85 60 60 60', 'resolved - fresh, firing:warning, resolved'],
  ['above', '85 85 85 60 60 85', 'firing warning fresh, firing:warning'],
  ['above', '85 85 85 60 60 75', 'firing warning fresh, firing:warning'],
  ['above', '85 85 85 60 60 95', 'firing critical fresh, firing:warning, firing:critical'],
  ['above', '85 85 85 60 75 60 60', 'recovering warning fresh, firing:warning'],
  ['above', '85 85 85 60 60 60 85', 'pending warning fresh, firing:warning, resolved'],
  ['above', '85 85 85 60 60 60 85 60', 'resolved - fresh, firing:warning, resolved'],
  ['above', '85 85 85 60 = = = =', 'recovering warning late, firing:warning'],
  // Data that is late, missing or refused freezes.
  ['above', '-', 'ok - missing'],
  ['above', 'e', 'ok - error'],
  ['above', 'u', 'ok - missing'],
  ['above', '50 -', 'ok - late'],
  ['above', '50 - - - -', 'ok - late'],
  ['above', '50 - - - - - - -', 'ok - missing'],
  ['above', '50 - 50', 'ok - fresh'],
  ['above', '85 85 -', 'pending warning late'],
  ['above', '85 85 e', 'pending warning error'],
  ['above', '85 85 u', 'pending warning missing'],
  ['above', '85 85 - 85', 'firing warning fresh, firing:warning'],
  ['above', '85 85 e 85', 'firing warning fresh, firing:warning'],
  ['above', '85 e e e e e e e e e 85', 'firing warning fresh, firing:warning'],
  ['above', '85 +600 =', 'pending warning missing'],
  ['above', '85 85 85 - - - - - - - - -', 'firing warning missing, firing:warning'],
  ['above', '85 85 85 e e e e e e', 'firing warning error, firing:warning'],
  ['above', '85 85 85 u u u u u u', 'firing warning missing, firing:warning'],
  ['above', '85 85 85 +86400 -', 'firing warning missing, firing:warning'],
  ['above', '85 85 85 60 60 - - - - -', 'recovering warning late, firing:warning'],
  ['above', '85 85 85 60 60 e 60', 'resolved - fresh, firing:warning, resolved'],
  ['above', '85 85 85 e e 60', 'recovering warning fresh, firing:warning'],
  ['above', '85 85 85 e e e e e e 85', 'firing warning fresh, firing:warning'],
  ['quick', '1 - - - - - - - - 0', 'resolved - fresh, firing:critical, resolved'],
  // A pause of the evaluator: at most two intervals are counted.
  ['above', '85 +3600 85', 'firing warning fresh, firing:warning'],
  ['above', '85 +3600 =', 'pending warning missing'],
  ['above', '85 85 85 +3600 85', 'firing warning fresh, firing:warning'],
  // The row is no longer reported.
  ['above', '85 g', 'ok - fresh'],
  ['above', '85 85 85 g', 'recovering warning fresh, firing:warning'],
  ['above', '85 85 85 g g', 'recovering warning fresh, firing:warning'],
  ['above', '85 85 85 g g g', 'resolved - fresh, firing:warning, resolved'],
  ['above', '85 85 85 g g 85', 'firing warning fresh, firing:warning'],
  ['quick', '1 g', 'recovering critical fresh, firing:critical'],
  ['quick', '1 g g g', 'resolved - fresh, firing:critical, resolved'],
  // Silence, maintenance, target down: states go on, messages wait.
  ['above', '!85 !85 !85', 'firing warning fresh'],
  ['above', '!85 !85 !85 85', 'firing warning fresh, firing:warning'],
  ['above', 'm85 m85 m85 85', 'firing warning fresh, firing:warning'],
  ['above', '!85 !85 !85 !60 !60 !60', 'resolved - fresh'],
  ['above', '!85 !85 !85 !60 !60 !60 60', 'resolved - fresh'],
  ['above', '85 85 85 !85 !85 85', 'firing warning fresh, firing:warning, firing:warning'],
  ['above', '85 85 85 !60 !60 !60', 'resolved - fresh, firing:warning'],
  ['above', '85 85 85 !60 !60 !60 50', 'resolved - fresh, firing:warning, resolved'],
  ['above', '85 85 85 !95 95', 'firing critical fresh, firing:warning, firing:critical'],
  ['above', '85 85 85 ~e ~e ~e', 'firing warning error, firing:warning'],
  ['above', '85 85 85 ~e ~e 85', 'firing warning fresh, firing:warning'],
  ['above', '85 85 85 ~e 60 60 60', 'resolved - fresh, firing:warning, resolved'],
  ['quick', '~1 ~1', 'firing critical fresh'],
  ['quick', '~1 1', 'firing critical fresh, firing:critical'],
  ['quick', '1 !0 !1 1', 'firing critical fresh, firing:critical, firing:critical'],
  ['quick', '1 ~0 ~1 1', 'firing critical fresh, firing:critical, firing:critical'],
  // Acknowledged
  ['quick', '1 ack 1', 'firing critical fresh, firing:critical'],
  ['quick', '1 ack 0', 'resolved - fresh, firing:critical, resolved'],
  ['above', '85 85 85 ack 95', 'firing critical fresh, firing:warning, firing:critical'],
  ['quick', '0 ack', 'ok - fresh'],
  ['quick', '1 ack !1 1', 'firing critical fresh, firing:critical'],
  // Closed for a reason of its own
  ['quick', '1 edit', 'resolved - fresh, firing:critical, resolved'],
  ['quick', '1 delete', 'resolved - fresh, firing:critical, resolved'],
  ['quick', '1 remove', 'resolved - fresh, firing:critical, resolved'],
  ['above', '85 edit', 'ok - fresh'],
  ['quick', '0 edit', 'ok - fresh'],
  ['quick', '1 edit 1', 'firing critical fresh, firing:critical, resolved, firing:critical'],
];

test('the table of transitions has at least 80 rows, each another', () => {
  expect(new Set(rows.map(([name, script]) => `${name} ${script}`)).size).toBe(rows.length);
  expect(rows.length).toBeGreaterThanOrEqual(80);
});

for (const [name, script, expected] of rows)
  test(`${name}: ${script || 'nothing'} ends as ${expected}`, () => {
    expect(outcome(conditions[name], script)).toBe(expected);
  });

test('who is not acknowledged is told again after the interval, who is acknowledged after the acknowledgement', () => {
  const half = 30 * second;
  expect(outcome(conditions.quick, '1 1 1 1', half)).toBe(
    'firing critical fresh, firing:critical, repeat:critical',
  );
  expect(outcome(conditions.quick, '1 ack 1 1 1 1 1 1', half)).toBe(
    'firing critical fresh, firing:critical',
  );
  expect(outcome(conditions.quick, '1 ack +620 1 1 1 1', half)).toBe(
    'firing critical fresh, firing:critical, repeat:critical, repeat:critical',
  );
});

test('every change has its reason, value, threshold and times', () => {
  const { transitions } = play(conditions.above, '85 95 95 60 60 60');
  expect(transitions).toMatchObject([
    { from: 'ok', to: 'pending', reason: 'threshold', level: 'warning', value: 85, threshold: 80 },
    { from: 'pending', to: 'firing', reason: 'threshold', value: 95, threshold: 90 },
    { from: 'firing', to: 'recovering', reason: 'recovered', value: 60 },
    { from: 'recovering', to: 'resolved', reason: 'recovered', value: 60 },
  ]);
  for (const { at, dataAt } of transitions) expect(dataAt).toBe(at);
  const closed = ['edit', 'delete', 'remove'].map(
    (word) => play(conditions.quick, `1 ${word}`).transitions.at(-1)?.reason,
  );
  expect(closed).toEqual(['rule_edited', 'rule_deleted', 'target_removed']);
  expect(play(conditions.quick, '1 g g g').transitions.at(-1)?.reason).toBe('not_reported');
});

test('the worst value since it fired is kept', () => {
  expect(play(conditions.above, '85 85 85 99 82').state.peak).toBe(99);
  expect(play(conditions.below, '15 15 15 2 12').state.peak).toBe(2);
  expect(play(conditions.above, '99 85 85 85 83').state.peak).toBe(85);
});
