import { expect, test } from 'vitest';
import { lagVerdict, type PrimaryView, type ReplicaView } from './lag-verdict';

const replica: ReplicaView = {
  up: true,
  receiving: true,
  paused: false,
  replayLsn: 1000,
  senderLsn: 1000,
  messageAgeMs: 100,
  replayAgeMs: 3_600_000,
  configuredDelayMs: 0,
  at: 0,
};
const primary: PrimaryView = {
  up: true,
  position: 1000,
  row: { replayLagMs: null, replayLagBytes: 0, synchronous: false },
};
const busy = {
  ...primary,
  position: 1500,
  row: { ...primary.row, synchronous: false, replayLagBytes: 500, replayLagMs: 40 },
};

test.each<[string, Partial<ReplicaView>, PrimaryView, object]>([
  [
    'an idle primary is a true zero, however old the last commit',
    {},
    primary,
    { state: 'idle', lagMs: 0, lagBytes: 0 },
  ],
  ['a little behind is streaming', {}, busy, { state: 'streaming', lagMs: 40, lagBytes: 500 }],
  [
    'far behind is catching up',
    {},
    { ...busy, row: { replayLagMs: 45_000, replayLagBytes: 500, synchronous: false } },
    { state: 'catching_up', lagMs: 45_000 },
  ],
  [
    'far behind in bytes is catching up',
    {},
    { ...busy, position: 200e6 },
    { state: 'catching_up' },
  ],
  [
    'a paused replay is stopped',
    { paused: true, replayAgeMs: 9000 },
    busy,
    { state: 'stopped', cause: 'replay_paused', lagMs: 9000 },
  ],
  [
    'a dead receiver is never zero',
    { receiving: false },
    primary,
    { state: 'disconnected', lagMs: null },
  ],
  [
    'a silent receiver is disconnected',
    { messageAgeMs: 40_000 },
    null,
    { state: 'disconnected', lagMs: null, lagBytes: null },
  ],
  [
    'a replica that is down is unknown',
    { up: false },
    primary,
    { state: 'unknown', lagMs: null, lagBytes: null },
  ],
  ['nothing read is unknown', { replayLsn: null }, primary, { state: 'unknown' }],
  ['without the primary the sender’s word counts', {}, null, { state: 'idle', lagBytes: 0 }],
  [
    'without any position it is unknown',
    { senderLsn: null },
    null,
    { state: 'unknown', cause: 'position_unknown' },
  ],
  [
    'a primary that is down does not vouch',
    { senderLsn: null },
    { ...primary, up: false },
    { state: 'unknown' },
  ],
  [
    'a replica ahead of an older reading of the primary is not negative',
    { replayLsn: 2000, senderLsn: 2000 },
    primary,
    { lagBytes: 0 },
  ],
  [
    'a delay that was configured is not lag',
    { configuredDelayMs: 60_000, replayAgeMs: 60_500, senderLsn: 1500 },
    { ...busy, row: null },
    { lagMs: 500, state: 'streaming' },
  ],
])('%s', (_, change, other, verdict) => {
  expect(lagVerdict({ ...replica, ...change }, other)).toMatchObject(verdict);
});
