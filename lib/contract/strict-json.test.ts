import { expect, test } from 'vitest';
import { BodyError, parseStrictJson } from './strict-json';

test('ordinary JSON is read as it is', () => {
  const value = { a: [1, { b: '"quoted": \\ {' }], c: null, d: 'x:y' };
  expect(parseStrictJson(JSON.stringify(value))).toEqual(value);
});

test.each([
  ['', 'body'],
  ['{', 'body'],
  ['{"a":1', 'body'],
  ['{"a":"x', 'body'],
  ['nul', 'body'],
])('%j is not valid JSON', (text, at) => {
  expect(() => parseStrictJson(text)).toThrow(BodyError);
  expect(catchAt(text)).toBe(at);
});

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"b":1,"\\u0062":2}}', 'a.b'],
  ['{"__proto__":{}}', '__proto__'],
  ['{"a":{"constructor":{"prototype":{}}}}', 'a.constructor'],
])('%s is refused with its field', (text, at) => {
  expect(catchAt(text)).toBe(at);
});

test('nesting of 10,000 levels is refused before it is parsed', () => {
  expect(() => parseStrictJson('['.repeat(10_000))).toThrow(/deeper/);
});

function catchAt(text: string) {
  try {
    parseStrictJson(text);
  } catch (error) {
    return (error as BodyError).at;
  }
}
