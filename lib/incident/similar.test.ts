import { expect, test } from 'vitest';
import { type Known, likeness, type Traits } from './similar';

const known = (traits: Partial<Traits>, cluster: string | null = null): Known => ({
  cluster,
  traits: { rules: [], statements: [], waits: [], layer: null, ...traits },
});

test('the same rule makes two alike, and is said', () => {
  const one = known({ rules: ['postgres.locks/waits'] }, 'orders');
  expect(likeness(one, known({ rules: ['postgres.locks/waits', 'x'] }, 'stock'))?.shared).toEqual([
    { kind: 'rule', values: ['postgres.locks/waits'] },
  ]);
});

test('more in common is nearer', () => {
  const one = known({ rules: ['a'], statements: ['s', 't'], waits: ['Lock'] }, 'orders');
  const score = (other: Known) => likeness(one, other)?.score ?? 0;
  expect(score(one)).toBeGreaterThan(
    score(known({ rules: ['a'], statements: ['s', 't'] }, 'orders')),
  );
  expect(score(known({ statements: ['s', 't'] }))).toBeGreaterThan(
    score(known({ statements: ['s'] })),
  );
  expect(score(known({ statements: ['s'] }))).toBeGreaterThan(
    score(known({ waits: ['Lock'] }, 'orders')),
  );
});

test('the same layer alone, or nothing, is no likeness', () => {
  expect(likeness(known({ layer: 'database' }, 'a'), known({ layer: 'database' }, 'b'))).toBeNull();
  expect(likeness(known({}, null), known({}, null))).toBeNull();
});
