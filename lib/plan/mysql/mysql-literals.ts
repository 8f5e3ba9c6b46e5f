/**
 * A condition as MySQL and MariaDB print it, constants replaced by `?`. Strings stand in single quotes, with `\` or a
 * doubled quote inside; what stands in double quotes is a string too. Names stand in backticks or bare; `t1.col2`,
 * `(select #2)` and `<subquery2>` are names.
 */
export function withoutMysqlLiterals(condition: string): string {
  return condition
    .replace(
      /(`(?:[^`]|``)*`)|(?:\b_[a-z]\w*\s*|\b[nxb])?'(?:[^'\\]|''|\\.)*(?:'|$)|"(?:[^"\\]|""|\\.)*(?:"|$)/gis,
      (_, name) => name ?? '?',
    )
    .replace(
      /(`(?:[^`]|``)*`)|(#\d+|[\p{L}_$@][\p{L}\p{N}_$]*|<[a-z]+[\d,]*>)|-?\b(?:0x[\da-f]+|0b[01]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/giu,
      (whole, name, word) => (name || word ? whole : '?'),
    );
}

/** Names as they are without the quotes: `` `shop`.`o`.`id` `` is shop.o.id where that is unmistakable. */
export const withoutBackticks = (text: string): string =>
  text.replace(/`([A-Za-z_][A-Za-z0-9_$]*)`/g, '$1');

const comparedWithNumber =
  /((?:(?:`[^`]+`|[\w$]+)\.)*(?:`[^`]+`|[A-Za-z_$][\w$]*))\s*(?:=|<=>|>=|<=|>|<)\s*-?\d+(?:\.\d+)?\b/g;

/**
 * The columns that a condition compares with a bare number: after literals are gone nobody could tell. Of a column of
 * text this keeps every index from being used.
 */
export function numberCompared(condition: string): string[] {
  const plain = condition.slice(0, 5000).replace(/'(?:[^'\\]|''|\\.)*'/gs, "''");
  const found = [...plain.matchAll(comparedWithNumber)].map(([, name = '']) =>
    withoutBackticks(name).split('.').at(-1),
  );
  return [...new Set(found)].filter((one): one is string => one !== undefined);
}
