import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, sqlTokens, visibleText } from './sql-tokens';

const kinds = (sql: string) => sqlTokens(sql).map(({ kind, text }) => [kind, text]);

describe('sqlTokens', () => {
  it('tells keywords, parameters, strings and numbers apart', () => {
    expect(kinds("SELECT a FROM t WHERE b = $1 AND c = 'it''s' LIMIT 10")).toEqual([
      ['keyword', 'SELECT'],
      ['plain', ' a '],
      ['keyword', 'FROM'],
      ['plain', ' t '],
      ['keyword', 'WHERE'],
      ['plain', ' b = '],
      ['parameter', '$1'],
      ['plain', ' '],
      ['keyword', 'AND'],
      ['plain', ' c = '],
      ['string', "'it''s'"],
      ['plain', ' '],
      ['keyword', 'LIMIT'],
      ['plain', ' '],
      ['number', '10'],
    ]);
  });

  it('keeps a keyword inside quotes, dollar quotes and comments uncoloured', () => {
    expect(kinds('"select"')).toEqual([['quoted', '"select"']]);
    expect(kinds('$a$ select $a$')).toEqual([['string', '$a$ select $a$']]);
    expect(kinds('/* select */')).toEqual([['comment', '/* select */']]);
  });

  it('makes direction marks and control characters visible', () => {
    expect(kinds('a\u202Eb\u0000')).toEqual([
      ['plain', 'a'],
      ['hidden', '⟦U+202E⟧'],
      ['plain', 'b'],
      ['hidden', '⟦U+0000⟧'],
    ]);
  });

  it('loses nothing of any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sql) => {
        const joined = sqlTokens(sql)
          .map(({ text }) => text)
          .join('');
        return joined === visibleText(sql);
      }),
    );
  });

  it('stays quick on text made to be slow', () => {
    const started = performance.now();
    for (const piece of ["'", '$a$', '/*', '"', '-', '1e', '$']) sqlTokens(piece.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

it('shows a statement on one line', () => {
  expect(oneLine('select 1,\n\t 2  ')).toBe('select 1, 2');
});
