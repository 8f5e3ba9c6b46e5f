import { memo } from 'react';
import { type SqlToken, sqlTokens } from './sql-tokens';

const COLOURS: Record<SqlToken['kind'], string> = {
  keyword: 'text-application',
  string: 'text-ok',
  number: 'text-warning',
  parameter: 'text-accent',
  comment: 'text-muted italic',
  quoted: '',
  hidden: 'text-critical bg-sunken',
  plain: '',
};

/** SQL as coloured text. What a database says is only ever text here, left to right, with nothing hidden in it. */
export const SqlText = memo(function SqlText({ sql, most }: { sql: string; most?: number }) {
  const text = most !== undefined && sql.length > most ? `${sql.slice(0, most)}…` : sql;
  return (
    <code dir="ltr" className="font-mono [font-variant-ligatures:none] [unicode-bidi:isolate]">
      {sqlTokens(text).map((token, index) =>
        COLOURS[token.kind] ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position
          <span key={index} className={COLOURS[token.kind]}>
            {token.text}
          </span>
        ) : (
          token.text
        ),
      )}
    </code>
  );
});
