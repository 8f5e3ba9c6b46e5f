const compared = /\b(?:i?like|similar\s+to)\s+(?:'([^']?)|\$(\d{1,4}))/gi;
/** As the server writes them: quotes in a value are doubled. A value that was cut ends in `...`. */
const parameter = /\$(\d{1,4}) = (?:NULL|'((?:[^']|'')*)'?)/gy;

/**
 * Whether the pattern of a LIKE begins with a wildcard, as the literals or logged parameters of an execution show; null
 * when they do not. What is returned is all that is kept of them.
 * @param statement its text as it was logged
 * @param detail `parameters: $1 = '…', $2 = NULL`
 */
export function leadingWildcard(statement: string, detail: string | null): boolean | null {
  let found: boolean | null = null;
  let values: Map<string, string> | null = null;
  for (const [, literal, number] of statement.slice(0, 20_000).matchAll(compared)) {
    let first = literal;
    if (number !== undefined) {
      values ??= parametersOf(detail);
      first = values.get(number);
    }
    if (first === undefined) continue;
    found = found === true || /^[%_]/.test(first);
  }
  return found;
}

/** The first character of each parameter. */
function parametersOf(detail: string | null): Map<string, string> {
  const values = new Map<string, string>();
  const start = /^parameters: /i.exec(detail ?? '');
  if (detail === null || start === null) return values;
  for (let at = start[0].length; at < detail.length && values.size < 1000; ) {
    parameter.lastIndex = at;
    const match = parameter.exec(detail);
    if (match === null) break;
    if (match[2] !== undefined) values.set(match[1] ?? '', match[2].slice(0, 1));
    at = parameter.lastIndex + 2;
  }
  return values;
}
