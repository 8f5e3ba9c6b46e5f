import { expect, test } from 'vitest';
import { publicKeyOf } from './keys';
import { open } from './open';
import { seal } from './seal';

const rootKey = 'a'.repeat(43);
const place = { table: 'instance', row: '7', column: 'password' };

test('what was sealed opens with the root key at its place, whatever characters it has', () => {
  for (const secret of ['', 'pass', '櫓 with spaces \u0000 and \u{1f5fc}', 'x'.repeat(10_000)])
    expect(open(rootKey, seal(publicKeyOf(rootKey), secret, place), place)).toBe(secret);
});

test('the same secret is sealed differently each time and never shows', () => {
  const [one, two] = [1, 2].map(() => seal(publicKeyOf(rootKey), 'CANARY-7f3a', place));
  expect(one).not.toBe(two);
  expect(Buffer.from(one?.split('.')[4] ?? '', 'base64url').includes('CANARY')).toBe(false);
});

test('a sealed text moved to another row, column or table does not open', () => {
  const sealed = seal(publicKeyOf(rootKey), 'secret', place);
  for (const other of [{ row: '8' }, { column: 'explain_password' }, { table: 'channel' }])
    expect(() => open(rootKey, sealed, { ...place, ...other })).toThrow(/altered or belongs/);
});

test('every flipped bit and every cut is refused', () => {
  const sealed = seal(publicKeyOf(rootKey), 'secret', place);
  const [head, id, ...parts] = sealed.split('.');
  for (const [n, part] of parts.entries()) {
    const bytes = Buffer.from(part, 'base64url');
    for (let byte = 0; byte < bytes.length; byte++) {
      // X25519 ignores the top bit of its last byte.
      if (n === 0 && byte === 31) continue;
      const changed = Buffer.from(bytes);
      changed[byte] = (changed[byte] ?? 0) ^ 1;
      const whole = parts.map((old, i) => (i === n ? changed.toString('base64url') : old));
      expect(() => open(rootKey, [head, id, ...whole].join('.'), place)).toThrow();
    }
  }
  for (let length = 0; length < sealed.length - 1; length += 3)
    expect(() => open(rootKey, sealed.slice(0, length), place)).toThrow();
});

test('another root key is told apart from an altered secret, and a short one is refused', () => {
  const sealed = seal(publicKeyOf(rootKey), 'secret', place);
  expect(() => open('b'.repeat(43), sealed, place)).toThrow(/another root key/);
  expect(() => publicKeyOf('short')).toThrow(/43 or more/);
});
