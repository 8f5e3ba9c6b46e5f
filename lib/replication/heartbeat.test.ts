import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  createBeatReader,
  heartbeatLag,
  nextBeatAt,
  stalenessAt,
  stalenessBounds,
} from './heartbeat';
import { mysqlHeartbeatScript, postgresHeartbeatScript } from './heartbeat-script';

const start = 1_790_000_000_000;
const alive = () => true;

/** Reads each second, 100 ms after a beat, on a replica that has what is older than `lag`. */
function readEach(lags: readonly number[], writing: () => boolean | null = alive) {
  const reader = createBeatReader();
  for (const [n, lag] of lags.entries()) {
    const readAt = start + n * 1000 + 100;
    const beat = Math.floor((readAt - lag - start) / 1000) + 1000;
    reader.add([{ server: 's', beat, at: start + (beat - 1000) * 1000 }], readAt, writing);
  }
  return reader;
}

test('a replica that has each beat in time is at most a tenth of a second behind', () => {
  const reader = readEach([50, 50, 50]);
  expect(reader.seen()).toMatchObject([{ atLeastMs: 0, atMostMs: 100 }]);
  expect(reader.take()).toMatchObject({ samples: 2, lagMinMs: 100, lagMs: 100, lagMaxMs: 100 });
  expect(reader.take()).toMatchObject({ samples: 0, lagMs: null });
});

test.each([300, 1000, 1500, 5000, 5050, 5900, 3_600_000])(
  'a lag of %i ms is between the bounds, and within half a second of their middle',
  (lag) => {
    const [seen] = readEach([lag, lag, lag]).seen();
    expect(seen?.atLeastMs).toBeLessThanOrEqual(lag);
    expect(seen?.atMostMs).toBeGreaterThanOrEqual(lag);
    expect(
      Math.abs(((seen?.atLeastMs ?? 0) + (seen?.atMostMs ?? 0)) / 2 - lag),
    ).toBeLessThanOrEqual(500);
  },
);

test('a replica that stands still falls behind by a second each second', () => {
  const reader = readEach([50, 50, 1050, 2050, 3050, 4050]);
  expect(reader.seen()).toMatchObject([{ atLeastMs: 3100, atMostMs: 4100 }]);
  // The first miss may be the writer's.
  expect(reader.take()).toMatchObject({ samples: 4, lagMaxMs: 4100 });
});

test('one beat that is missing is no lag', () => {
  expect(readEach([50, 50, 1050]).seen()).toMatchObject([{ atLeastMs: 0, atMostMs: 100 }]);
});

test('a beat that never moved says nothing: the table may not be replicated', () => {
  const reader = createBeatReader();
  for (let n = 0; n < 5; n++)
    reader.add([{ server: 's', beat: 7, at: start }], start + n * 1000, alive);
  expect(reader.seen()).toEqual([]);
  expect(reader.take().samples).toBe(0);
});

test.each([false, null])(
  'without a writer that is known (%s), an old beat is no staleness',
  (writing) => {
    expect(readEach([50, 50, 1050, 2050, 3050], () => writing).take().samples).toBe(1);
  },
);

test('of several servers the newest counts, and each keeps its own', () => {
  const reader = createBeatReader();
  for (let n = 0; n < 3; n++)
    reader.add(
      [
        { server: 'old', beat: 5, at: start - 60_000 },
        { server: 'new', beat: n, at: start + n * 1000 },
      ],
      start + n * 1000 + 100,
      alive,
    );
  expect(reader.take()).toMatchObject({ samples: 2, lagMaxMs: 100 });
  expect(reader.seen().map(({ server }) => server)).toEqual(['new']);
});

test('beats and looks of a cluster are on one grid, the look after the beat', () => {
  expect(nextBeatAt(10_300, 250, 'primary')).toBe(11_250);
  expect(nextBeatAt(10_200, 250, 'primary')).toBe(10_250);
  expect(nextBeatAt(10_300, 250, 'replica')).toBe(10_350);
  expect(nextBeatAt(10_250, 250, 'primary')).toBe(11_250);
});

const facts = (at: number, heartbeat: Parameters<typeof heartbeatLag>[0]['heartbeat']) => ({
  at,
  heartbeat,
});
const seen = [
  {
    server: 's',
    at: start,
    readAt: start + 5100,
    atLeastMs: 4100,
    atMostMs: 5100,
    standing: false,
  },
];

test('a lag needs a writer that goes on writing', () => {
  const replica = facts(start + 5200, { server: null, writtenAt: null, seen });
  const writer = (writtenAt: number | null, server: string | null = 's') =>
    facts(start + 5300, { server, writtenAt, seen: [] });
  expect(heartbeatLag(replica, writer(start + 5000))).toEqual({ lagMs: 4600, at: start + 5100 });
  const standing = {
    server: null,
    writtenAt: null,
    seen: seen.map((one) => ({ ...one, standing: true })),
  };
  expect(heartbeatLag(facts(start + 5200, standing), writer(start + 5000))).toEqual({
    lagMs: 4700,
    at: start + 5200,
  });
  expect(heartbeatLag(replica, writer(start))).toBeNull();
  expect(heartbeatLag(replica, writer(null))).toBeNull();
  expect(heartbeatLag(replica, writer(start + 5000, 'other'))).toBeNull();
  expect(heartbeatLag(replica, null)).toBeNull();
  expect(heartbeatLag(facts(start, null), writer(start))).toBeNull();
});

test('percentiles are the bounds of classes, and never above the longest that was seen', () => {
  const only = (...counts: [number, number][]) =>
    [...stalenessBounds, 0].map((_, n) => counts.find(([place]) => place === n)?.[1] ?? 0);
  const at = (classes: number[], longest: number) =>
    [0.5, 0.95, 0.99, 1].map((share) => stalenessAt(classes, longest, share));
  expect(at(only([0, 90], [4, 9], [9, 1]), 400_000)).toEqual([250, 5000, 5000, 400_000]);
  expect(at(only([0, 10]), 110)).toEqual([110, 110, 110, 110]);
  expect(stalenessAt(only(), 0, 0.5)).toBeNull();
});

test('the README shows the statements that are run', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(readme).toContain(postgresHeartbeatScript('yagura'));
  expect(readme).toContain(mysqlHeartbeatScript(`'yagura'@'10.0.0.5'`));
});
