import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser, parsePostgres } from './parse-postgres';
import { readHabits } from './read-habits';

beforeAll(loadParser);
const habits = (text: string) => {
  const parsed = parsePostgres(text);
  if (parsed === null) throw new Error(`not SQL: ${text}`);
  return readHabits(parsed);
};

describe('readHabits', () => {
  it.each([
    ['select * from t', true],
    ['select t.* from t join u on u.id = t.id', true],
    ['select count(*) from t', false],
    ['select id from t where exists (select * from u)', false],
    ['select id from (select * from t) s', false],
    ['insert into t select * from u', false],
  ])('%s: SELECT * is %s', (text, star) => {
    expect(habits(text).star).toBe(star);
  });

  it.each([
    ["select 1 from t where name like '%x'", { column: 'name', sure: true, ignores_case: false }],
    [
      "select 1 from t where a.name ilike '%' || $1",
      { column: 'name', sure: true, ignores_case: true },
    ],
    ['select 1 from t where name like $1', { column: 'name', sure: false, ignores_case: false }],
    ['select 1 from t where name ilike $1', { column: 'name', sure: false, ignores_case: true }],
    ["select 1 from t where name ilike 'x%'", { column: 'name', sure: false, ignores_case: true }],
    ["select 1 from t where name like 'x%'", null],
    [
      "select 1 from t where name like $1 || '%'",
      { column: 'name', sure: false, ignores_case: false },
    ],
    ["select 1 from t where name not like '%x'", null],
    ["select name like '%x' from t", { column: 'name', sure: true, ignores_case: false }],
  ])('%s: wildcard', (text, wildcard) => {
    expect(habits(text).wildcard).toEqual(wildcard);
  });

  it.each([
    ['select 1 from t offset $1', true],
    ['select 1 from t limit 10 offset 0', false],
    ['select 1 from t limit 10', false],
  ])('%s: offset is %s', (text, offset) => {
    expect(habits(text).offset).toBe(offset);
  });

  it.each([
    ['update t set a = 1', 'update'],
    ['delete from t', 'delete'],
    ['delete from t using u where u.id = t.id', null],
    ['update t set a = 1 where id = $1', null],
    ['with x as (delete from t returning *) select * from x', null],
    ['truncate t', null],
  ])('%s: without WHERE is %s', (text, verb) => {
    expect(habits(text).without_where).toBe(verb);
  });

  it.each([
    ['select 1 from t where lower(email) = $1', [{ column: 'email', by: 'lower()' }]],
    ['select 1 from t where created_at::date = $1', [{ column: 'created_at', by: '::date' }]],
    ['select 1 from t where $1 < date(created_at)', [{ column: 'created_at', by: 'date()' }]],
    ['select 1 from t where id = $1::bigint', []],
    ['select 1 from t join u on lower(t.a) = u.b', []],
    ['select 1 from t where length(a || b) = 3', []],
  ])('%s: columns in the way', (text, wrapped) => {
    expect(habits(text).wrapped).toEqual(wrapped);
  });

  it('counts lists and relations, sees random order and NOT IN', () => {
    expect(habits('select 1 from t where a in ($1, $2, $3)').in_list).toBe(3);
    expect(habits('select 1 from t where a = any($1)').in_list).toBeNull();
    expect(habits('select 1 from t order by random() limit 1').order_by_random).toBe(true);
    expect(habits('select random() from t order by id').order_by_random).toBe(false);
    expect(habits('select 1 from t where a not in (select b from u)').not_in_subquery).toBe(true);
    expect(habits('select 1 from t where a not in (1, 2)').not_in_subquery).toBe(false);
    expect(habits('select 1 from a join b using (id) join c using (id), d').relations).toBe(4);
  });

  it.each([
    [
      'select * from shop.order_item where order_id = $1',
      { table: 'order_item', columns: ['order_id'] },
    ],
    ['select name from t where $1 = id and kind = $2', { table: 't', columns: ['id', 'kind'] }],
    ['select name from t', null],
    ['select name from t where id > $1', null],
    ['select name from t where id = other', null],
    ['select name from t, u where t.id = $1', null],
    ['update t set a = 1 where id = $1', null],
  ])('%s: a lookup', (text, lookup) => {
    expect(habits(text).lookup).toEqual(lookup);
  });
});
