import { describe, expect, it } from 'vitest';
import { type ActiveSession, loadByWait, sumLoad } from './sum-load';

const session = (pid: number, more: Partial<ActiveSession> = {}): ActiveSession => ({
  ...{ pid, started: `2026-11-23T09:00:0${pid % 10}.123456Z`, state: 'active', wait: 'CPU' },
  ...{ event: null, user: 'shop', database: 'shop', application: 'checkout', statement: '1/2/3/t' },
  ...{ blockedBy: [], ...more },
});
const waits = ['CPU', 'IO', 'Lock', 'LWLock', 'Client'];
const seen = (...sessions: ActiveSession[]) => ({ sessions, waits });
const waiting = (pid: number, ...blockedBy: number[]) =>
  session(pid, { wait: 'Lock', event: 'transactionid', blockedBy });

describe('sumLoad', () => {
  it('sums sessions that are alike over all samples', () => {
    const load = sumLoad();
    load.add(seen(session(1), session(2)), 1000);
    load.add(seen(session(1)), 2000);
    load.add(seen(), 3000);
    load.add(seen(session(1, { wait: 'IO', event: 'DataFileRead' })), 4000);
    const reading = load.take();
    expect(reading).toMatchObject({ fromAt: 0, toAt: 4000, samples: 4 });
    expect(reading?.rows.map(({ wait, sessions }) => [wait, sessions])).toEqual([
      ['CPU', 3],
      ['IO', 1],
    ]);
    expect(reading && loadByWait(reading)).toEqual(
      new Map(Object.entries({ CPU: 0.75, IO: 0.25, Lock: 0, LWLock: 0, Client: 0 })),
    );
  });

  it('begins anew after each taking, and gives nothing without a sample', () => {
    const load = sumLoad();
    load.add(seen(session(1)), 1000);
    load.take();
    expect(load.take()).toBeNull();
    load.add(seen(), 2000);
    expect(load.take()).toEqual({ fromAt: 1000, toAt: 2000, samples: 1, waits, rows: [] });
    load.add(seen(), 60_000);
    expect(load.take()).toMatchObject({ fromAt: 59_000 });
  });

  it('names the head of the queue, who is idle in a transaction', () => {
    const load = sumLoad();
    const idle = session(7, { state: 'idle in transaction', application: 'admin' });
    load.add(seen(waiting(2, 1), waiting(1, 7), idle), 1000);
    const reading = load.take();
    const blockers = reading?.rows.filter((row) => row.blocker !== null);
    expect(blockers?.map((row) => [row.blocker, row.sessions])).toEqual([
      ['admin@shop, pid 7 of 2026-11-23T09:00:07Z, idle in transaction', 2],
    ]);
    expect(reading && loadByWait(reading).get('Lock')).toBe(2);
    expect(reading && [...loadByWait(reading).values()].reduce((a, b) => a + b)).toBe(2);
  });

  it('names a head whose start is not told by its pid alone', () => {
    const load = sumLoad();
    load.add(seen(session(7, { started: null }), waiting(1, 7)), 1000);
    expect(load.take()?.rows.map(({ blocker }) => blocker)).toContain('checkout@shop, pid 7');
  });

  it('draws no zero for a class that is not told apart', () => {
    const load = sumLoad();
    load.add({ sessions: [session(1, { wait: 'CPU or IO' })], waits: ['CPU or IO', 'Lock'] }, 1000);
    const reading = load.take();
    expect(reading && [...loadByWait(reading)]).toEqual([
      ['CPU or IO', 1],
      ['Lock', 0],
    ]);
  });

  it.each([
    ['a circle', [waiting(1, 2), waiting(2, 1)], 2],
    ['a process that is no session', [waiting(1, 99)], 1],
    ['a prepared transaction', [waiting(1, 0)], 1],
    ['itself', [waiting(1, 1)], 1],
  ])('comes to an end with %s', (_, sessions, named) => {
    const load = sumLoad();
    load.add(seen(...sessions), 1000);
    const rows = load.take()?.rows ?? [];
    expect(rows.filter((row) => row.blocker !== null)).toHaveLength(named);
  });

  it('keeps 200 kinds and the rest by class of wait, none lost', () => {
    const load = sumLoad();
    load.add(
      seen(...Array.from({ length: 500 }, (_, n) => session(n, { statement: `1/2/${n}/t` }))),
      1000,
    );
    const reading = load.take();
    expect(reading?.rows).toHaveLength(201);
    expect(reading && loadByWait(reading).get('CPU')).toBe(500);
  });
});
