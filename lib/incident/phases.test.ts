import { describe, expect, test } from 'vitest';
import { durationsOf, enterPhase, mayFollow, type Phase, phases, type Stamps } from './phases';

const opened: Stamps = {
  ...{ started_at: 1_000, detected_at: 61_000, acknowledged_at: null },
  ...{ mitigated_at: null, resolved_at: null, closed_at: null },
};
const walk = (...way: Phase[]) => {
  let stamps = opened;
  for (const [i, to] of way.slice(1).entries())
    stamps = enterPhase(stamps, way[i] as Phase, to, 100_000 * (i + 1));
  return stamps;
};

test('the whole way stamps each part once', () => {
  expect(walk('detect', 'triage', 'mitigate', 'fix', 'review', 'closed')).toEqual({
    ...opened,
    ...{
      acknowledged_at: 100_000,
      mitigated_at: 300_000,
      resolved_at: 400_000,
      closed_at: 500_000,
    },
  });
});

test('who mitigates at once has taken it on by that', () => {
  expect(walk('detect', 'mitigate')).toMatchObject({
    acknowledged_at: 100_000,
    mitigated_at: null,
  });
});

test('a false alarm goes from detection to review, and is over by that', () => {
  expect(walk('detect', 'review')).toMatchObject({ mitigated_at: 100_000, resolved_at: 100_000 });
});

test.each(['fix', 'review', 'closed'] as const)(
  'one that comes back after %s is open again, and was taken on when it was',
  (phase) => {
    const way = phases.slice(0, phases.indexOf(phase) + 1);
    const stamps = walk(...way, 'mitigate');
    expect(stamps).toEqual({ ...opened, acknowledged_at: 100_000 });
  },
);

describe('what may follow', () => {
  const allowed = new Set([
    ...['detect>triage', 'detect>mitigate', 'detect>review', 'triage>mitigate', 'triage>review'],
    ...['mitigate>fix', 'mitigate>review', 'mitigate>triage', 'fix>review', 'fix>mitigate'],
    ...['review>closed', 'review>mitigate', 'closed>mitigate'],
  ]);
  test.each(phases.flatMap((from) => phases.map((to) => [from, to] as const)))(
    '%s, then %s',
    (from, to) => {
      const may = allowed.has(`${from}>${to}`);
      expect(mayFollow(from).includes(to)).toBe(may);
      if (may) expect(() => enterPhase(opened, from, to, 1)).not.toThrow();
      else expect(() => enterPhase(opened, from, to, 1)).toThrow('does not follow');
    },
  );
});

test('durations are from the begin to detection, from there to a person, from the begin to recovery', () => {
  expect(durationsOf(walk('detect', 'triage', 'mitigate', 'fix'))).toEqual({
    ...{ to_detect_ms: 60_000, to_acknowledge_ms: 39_000, to_recover_ms: 299_000 },
  });
  expect(durationsOf(opened)).toEqual({
    ...{ to_detect_ms: 60_000, to_acknowledge_ms: null, to_recover_ms: null },
  });
});
