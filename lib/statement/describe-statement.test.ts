import { expect, test } from 'vitest';
import { describeStatement } from './describe-statement';

const described = (text: string) => describeStatement(text);

test('the kind, tables and text of a normalised statement', async () => {
  const found = await described(
    'select o.id from shop.orders o join customer c on c.id = o.c where o.id = $1',
  );
  expect(found).toMatchObject({
    kind: 'select',
    tables: ['customer', 'shop.orders'],
    truncated: false,
  });
  expect(found.id).toMatch(/^[0-9a-f]{16}$/);
});

test('spaces, case, literals, parameters and the length of an IN list do not make another statement', async () => {
  const texts = [
    'select * from t where a in ($1, $2) and b = $3',
    'SELECT  *\nFROM t WHERE a IN ($1,$2,$3,$4) AND b = $5',
    "select * from t where a in (1,2,3) and b = 'x'",
  ];
  const ids = await Promise.all(texts.map(async (text) => (await described(text)).id));
  expect(new Set(ids).size).toBe(1);
});

test.each([
  ['select a from t', 'select b from t'],
  ['select a from t', 'select a from u'],
  ['select a from t', 'select a, a from t'],
  ['select $1, $2 from t', 'select $1, $2, $3 from t'],
  ['select f($1)', 'select f($1, $2)'],
  ['select * from t where a = $1', 'select * from t where a in ($1, $2)'],
  ['select * from t where a = $1', 'select * from t where a = $1 and a = $2'],
  ['select "A" from t', 'select "a" from t'],
  ['insert into t values ($1, $2)', 'insert into t values ($1, $2, $3)'],
])('%s is another statement than %s', async (one, other) => {
  expect((await described(one)).id).not.toBe((await described(other)).id);
});

test.each([
  ['insert into t values ($1, $2)', 'insert into t values (1, 2), (3, 4), (5, 6)'],
  ['select * from t where a = any(array[$1, $2])', 'select * from t where a = any(array[1, 2, 3])'],
  ['select * from t where a in ($1 /*, ... */)', 'select * from t where a in ($1, $2, $3)'],
  ['select -1 from t', 'select $1 from t'],
])('%s is the statement %s', async (one, other) => {
  expect((await described(one)).id).toBe((await described(other)).id);
});

test.each([
  "select * from t where a = 'CANARY-7f3a'",
  'select $tag$CANARY-7f3a$tag$ from t',
  'select 1 /* CANARY-7f3a */ from t -- CANARY-7f3a',
  "create role x password 'CANARY-7f3a'",
  "alter user x with encrypted password 'CANARY-7f3a'",
  "set yagura.x = 'CANARY-7f3a'",
  "copy t from program 'CANARY-7f3a'",
  "comment on table t is 'CANARY-7f3a'",
  "select 'CANARY-7f3a' unfinished where '",
  "do $$ begin perform 'CANARY-7f3a'; end $$",
])('no literal or comment is kept of %s', async (text) => {
  const found = await described(text);
  expect(JSON.stringify(found)).not.toContain('CANARY');
});

test('a utility statement keeps its verb', async () => {
  expect(await described("create role x password 'p'")).toMatchObject({
    kind: 'utility:create role',
    text: 'CREATE ROLE …',
  });
  expect((await described('begin')).text).toBe('begin');
});

test('tags that name places in code are taken from comments, others are not', async () => {
  const found = await described("select 1 /*route='%2Forders',user_email='a%40b',action='index'*/");
  expect(found.tags).toEqual({ route: '/orders', action: 'index' });
});

test('a tag holds no control characters, however they are written', async () => {
  const found = await described("select 1 /*route='%2Fa%00b%0A%1B',action='100%'*/");
  expect(found.tags).toEqual({ route: '/ab', action: '100%' });
});

test('what cannot be parsed says how long it was, nothing else', async () => {
  expect(await described('selec 1')).toMatchObject({
    text: '<unparsed, 7 bytes>',
    kind: 'unknown',
  });
  expect((await describeStatement('select 1', { truncated: true })).truncated).toBe(true);
  expect((await described(`select ${'1,'.repeat(600_000)}1`)).text).toMatch(
    /^<unparsed, 12000\d\d bytes>$/,
  );
});

test('names of common table expressions are no tables', async () => {
  expect((await described('with x as (select * from y) select * from x')).tables).toEqual(['y']);
});

test.each(['', ';', '\u0000', '\ud800', '('.repeat(20_000), '/* never closed', '$$'])(
  '%j does not throw',
  async (text) => {
    expect((await described(text)).kind).toBe('unknown');
  },
);
