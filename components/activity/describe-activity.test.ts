import { describe, expect, it } from 'vitest';
import type { ActivityBody, SessionBody } from '@/lib/contract';
import { describeActivity } from './describe-activity';

const now = 1_800_000_000_000;
const session = (pid: number, more: Partial<SessionBody> = {}): SessionBody => ({
  ...{ pid, started: '', rows_changed: null },
  kind: 'client',
  user: 'app',
  database: 'shop',
  application: 'api',
  client: null,
  state: 'active',
  wait: null,
  transaction_ms: 1,
  statement_ms: 1,
  state_ms: 1,
  statement: null,
  blocked_by: [],
  leader: null,
  ...more,
});
const body = (sessions: SessionBody[], more: Partial<ActivityBody> = {}): ActivityBody => ({
  instance: '1',
  at: now - 2000,
  sessions,
  blocking: [],
  unavailable: null,
  ...more,
});
const blocked = (ms: number) =>
  body(
    [
      session(1, { state: 'idle in transaction' }),
      session(2, { blocked_by: [1], statement_ms: ms }),
    ],
    {
      blocking: [{ blocker: 1, waiting: 1, blocked: [{ pid: 2, waiting: 0, blocked: [] }] }],
    },
  );
const reason = { code: 'permission_denied', message: 'no', fix: null };

const cases: [string, ActivityBody, string, string][] = [
  ['nobody waits', body([session(1)]), 'calm', 'ok'],
  ['nobody is there', body([]), 'calm', 'ok'],
  ['one waits for a second', blocked(1000), 'blocked', 'warning'],
  ['one waits for minutes', blocked(90_000), 'blocked', 'critical'],
  [
    'idle in a transaction for a moment',
    body([session(1, { state: 'idle in transaction', state_ms: 5000 })]),
    'calm',
    'ok',
  ],
  [
    'idle in a transaction for long',
    body([session(1, { state: 'idle in transaction', state_ms: 300_000 })]),
    'idleTransaction',
    'warning',
  ],
  ['it was never read', body([], { at: null }), 'never', 'unknown'],
  [
    'it is old: calm then is not calm now',
    body([session(1)], { at: now - 60_000 }),
    'stale',
    'unknown',
  ],
  ['it may not be read', body([], { unavailable: reason }), 'unavailable', 'unknown'],
  [
    'it may no longer be read, and somebody waited',
    { ...blocked(1000), unavailable: reason },
    'unavailable',
    'unknown',
  ],
];

describe('describeActivity', () => {
  it.each(cases)('%s', (_, given, code, status) => {
    expect(describeActivity(given, now)).toMatchObject({ code, status });
  });

  it('names the one that holds the others up', () => {
    expect(describeActivity(blocked(1000), now)).toMatchObject({ about: { pid: 1 }, waiting: 1 });
  });
});
