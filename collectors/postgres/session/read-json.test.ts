import { expect, test } from 'vitest';
import { z } from 'zod';
import { readJson } from './read-json';
import type { Session } from './session';

const answering = (...texts: (string | null)[]): Session => ({
  alive: true,
  bytesRead: 0,
  query: async () => ({ columns: ['json'], rows: texts.map((text) => [text]) }),
  close: async () => undefined,
});
const options = { doing: 'read things', timeoutMs: 1 };
const row = z.object({ n: z.number() });

test('rows are given as they are checked', async () => {
  expect(await readJson(answering('{"n":1}', '{"n":2}'), '', row, options)).toEqual([
    { n: 1 },
    { n: 2 },
  ]);
});

test.each([['{"n":"1"}'], ['{'], [null], ['']])('%s is a failure of the server', async (text) => {
  await expect(readJson(answering(text), '', row, options)).rejects.toMatchObject({
    code: 'wrong_shape',
    message: expect.stringContaining('read things'),
  });
});
