import { expect, test } from 'vitest';
import type { RouteBody } from '@/lib/contract';
import { type Need, whoServes } from './who-serves';

type Reason = RouteBody['replicas'][number]['reason'];
const place = (instance: string, reason: Reason) => ({
  ...{ instance, name: `db-${instance}`, host: 'h', port: 5432 },
  ...{ eligible: reason === null, reason, age_ms: 10 },
});
const routeOf = (primary: Reason, replicas: Record<string, Reason>): RouteBody => ({
  ...{ cluster: '1', max_lag_ms: 1000, max_age_ms: 30_000, as_of: 0, eligible: [] },
  primary: place('1', primary),
  replicas: Object.entries(replicas).map(([id, reason]) => ({
    ...place(id, reason),
    ...{ state: 'streaming' as const, cause: null, lag_ms: 10 },
  })),
});
const ask = (need: Need, route: RouteBody, p99: Record<string, number> = {}) => {
  const { served_by, not_served_by } = whoServes(need, route, new Map(Object.entries(p99)));
  return [
    served_by.map(({ instance }) => instance),
    Object.fromEntries(not_served_by.map(({ instance, reason }) => [instance, reason])),
  ];
};

test('strong is the primary alone', () => {
  const need = { consistency: 'strong', maxLagMs: null } as const;
  expect(ask(need, routeOf(null, { 2: null }), { 2: 100 })).toEqual([
    ['1'],
    { 2: 'strong_needs_primary' },
  ]);
  expect(ask(need, routeOf('split_brain', { 2: null }))).toEqual([
    [],
    { 1: 'split_brain', 2: 'strong_needs_primary' },
  ]);
});

test('session is also a replica on which fresh writes are known to be in time', () => {
  const need = { consistency: 'session', maxLagMs: 1000 } as const;
  const route = routeOf(null, { 2: null, 3: null, 4: null, 5: 'lag_too_high' });
  expect(ask(need, route, { 2: 1000, 3: 1001, 5: 100 })).toEqual([
    ['1', '2'],
    { 3: 'staleness_too_high', 4: 'staleness_unknown', 5: 'lag_too_high' },
  ]);
});

test('eventual is every replica that may serve', () => {
  const need = { consistency: 'eventual', maxLagMs: 60_000 } as const;
  expect(ask(need, routeOf('instance_down', { 2: null, 3: 'replica_stopped' }))).toEqual([
    ['2'],
    { 1: 'instance_down', 3: 'replica_stopped' },
  ]);
  expect(ask(need, { ...routeOf(null, {}), primary: null })).toEqual([[], {}]);
});
