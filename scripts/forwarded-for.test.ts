import { expect, test } from 'vitest';
import { forwardedFor } from './forwarded-for';

test('without a proxy the address is the one that connected, whatever is claimed', () => {
  expect(forwardedFor('6.6.6.6', '10.0.0.9', false)).toBe('10.0.0.9');
  expect(forwardedFor(['6.6.6.6', '7.7.7.7'], '::ffff:10.0.0.9', false)).toBe('10.0.0.9');
  expect(forwardedFor(undefined, '::1', false)).toBe('::1');
  expect(forwardedFor(undefined, undefined, false)).toBe('unknown');
});

test('a proxy says whom it saw; one that says nothing is the address itself', () => {
  expect(forwardedFor('6.6.6.6, 192.0.2.7', '127.0.0.1', true)).toBe('6.6.6.6, 192.0.2.7');
  expect(forwardedFor(undefined, '127.0.0.1', true)).toBe('127.0.0.1');
});
