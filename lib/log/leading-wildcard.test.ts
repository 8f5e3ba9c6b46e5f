import { expect, test } from 'vitest';
import { leadingWildcard } from './leading-wildcard';

test.each([
  ["select * from t where a like '%x'", null, true],
  ["select * from t where a ilike '_x'", null, true],
  ["select * from t where a like 'x%'", null, false],
  ["select * from t where a like ''", null, false],
  ['select * from t where a like $2', "parameters: $1 = '%', $2 = 'x%'", false],
  ['select * from t where a ILIKE $2', "Parameters: $1 = 'it''s, $2 = ''x', $2 = '%x'", true],
  ['select * from t where a like $1 or b like $2', "parameters: $1 = 'a', $2 = '%'", true],
  ['select * from t where a like $1', 'parameters: $1 = NULL', null],
  ['select * from t where a like $1', null, null],
  ['select * from t where a like lower($1)', "parameters: $1 = '%'", null],
  ['select * from t where a = $1', "parameters: $1 = '%'", null],
])('%s with %s: %s', (statement, detail, begins) => {
  expect(leadingWildcard(statement, detail)).toBe(begins);
});
