import path from 'node:path';
import { expect, test } from 'vitest';
import { readOptions } from './read-options';

test('nothing given means port 3000 on 127.0.0.1 with a demo', () => {
  expect(readOptions([], {})).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    demo: true,
    role: 'all',
  });
});

test('a flag wins over its variable, in both spellings', () => {
  expect(readOptions(['--port', '4000'], { PORT: '5000' }).port).toBe(4000);
  expect(readOptions(['--port=4001'], {}).port).toBe(4001);
  expect(readOptions([], { PORT: '5000', YAGURA_DATA_DIR: '/x' })).toMatchObject({
    port: 5000,
    dataDir: path.resolve('/x'),
  });
  expect(readOptions(['--no-demo'], {}).demo).toBe(false);
  expect(readOptions([], { YAGURA_DEMO: 'off' }).demo).toBe(false);
});

test.each([
  [['--port', '0'], {}, /^--port must be a port/],
  [['--port', '65536'], {}, /^--port must be a port/],
  [['--port', '5432 '], {}, /^--port must be a port/],
  [[], { PORT: 'abc' }, /^PORT must be a port/],
  [['--port'], {}, /^--port needs a value/],
  [['--prot', '1'], {}, /^--prot is not a flag/],
  [['--role', 'both'], {}, /^--role must be/],
  [['--role', 'web'], {}, /needs DATABASE_URL/],
  [[], { YAGURA_DEMO: 'maybe' }, /^YAGURA_DEMO must be/],
  [[], { DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must begin/],
] as const)('%j with %j is refused', (args, env, sentence) => {
  expect(() => readOptions(args, env)).toThrow(sentence);
});
