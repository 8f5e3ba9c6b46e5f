import { expect, test } from 'vitest';
import type { ClusterDetailBody } from '@/lib/contract';
import { foldHealthy, type Place, placeMembers } from './place-members';

type Given = Pick<ClusterDetailBody, 'instances' | 'replication'>;
/** `b<a` is b that follows a; `b<?` an address nobody watches. */
const cluster = (...links: string[]): Given => {
  const names = [...new Set(links.flatMap((one) => one.split('<')))].filter((one) => one !== '?');
  return {
    instances: names.map((id) => ({ id, name: id, state: 'up' })),
    replication: {
      replicas: links.flatMap((one) => {
        const [instance, above] = one.split('<');
        if (above === undefined) return [];
        const upstream = above === '?' ? null : above;
        return [{ instance, upstream, upstream_address: `${above}:1`, channel: '', state: 'idle' }];
      }),
    },
  } as unknown as Given;
};
const drawn = (places: readonly Place[]): string =>
  places
    .map(
      ({ instance, address, below }) =>
        `${instance?.name ?? `(${address})`}${below.length > 0 ? `[${drawn(below)}]` : ''}`,
    )
    .join(' ');

test('one alone, a pair, a cascade, two heads', () => {
  expect(drawn(placeMembers(cluster('a')))).toBe('a');
  expect(drawn(placeMembers(cluster('b<a')))).toBe('a[b]');
  expect(drawn(placeMembers(cluster('c<b', 'b<a', 'd<a')))).toBe('a[b[c] d]');
  expect(drawn(placeMembers(cluster('a', 'b')))).toBe('a b');
});

test('an upstream that nobody watches is drawn by its address', () => {
  expect(drawn(placeMembers(cluster('b<?', 'c<?')))).toBe('(?:1)[b c]');
});

test('two that follow each other begin trees of their own, and nobody is lost', () => {
  expect(drawn(placeMembers(cluster('a<b', 'b<a')))).toBe('a b');
  expect(drawn(placeMembers(cluster('a<b', 'b<c', 'c<a')))).toBe('a b c');
});

test('forty replicas fold, but not those with trouble', () => {
  const given = cluster(
    ...Array.from({ length: 40 }, (_, i) => `r${String(i).padStart(2, '0')}<a`),
  );
  const late = given.replication.replicas[37];
  if (late) late.state = 'stopped';
  const { shown, folded } = foldHealthy(placeMembers(given)[0]?.below ?? []);
  expect(shown).toHaveLength(8);
  expect(folded).toHaveLength(32);
  expect(shown.map((one) => one.instance?.name)).toContain('r37');
  expect(foldHealthy(shown).folded).toEqual([]);
});
