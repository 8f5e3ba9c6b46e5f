/** Cuts SQL into coloured pieces. Pure; text is never interpreted, and what could deceive the eye becomes visible. */

export type SqlToken = {
  kind: 'keyword' | 'string' | 'number' | 'parameter' | 'comment' | 'quoted' | 'hidden' | 'plain';
  text: string;
};

const KEYWORDS = new Set(
  `all alter analyze and any as asc asymmetric begin between both by call case cast check collate column commit concurrently constraint
  copy create cross cube current current_date current_time current_timestamp current_user cursor database deallocate declare default delete
  desc distinct do drop else end except execute exists explain extension extract false fetch filter first following for foreign from full
  function grant group grouping having ilike in index inner insert intersect interval into is isnull join key language last lateral leading
  left like limit localtime lock locked materialized merge natural no not nothing notnull nowait null nulls of offset on only or order
  outer over overlaps partition preceding prepare primary procedure range recursive references refresh reindex release reset returning
  revoke right rollback rollup row rows savepoint schema select session set share show similar skip some start symmetric table temp temporary
  then ties to trailing transaction trigger true truncate unbounded union unique update user using vacuum values view when where window with
  within without work role login inherit nosuperuser nocreatedb nocreaterole connection password`.split(
    /\s+/,
  ),
);

/** Characters that have no picture of their own or turn the direction of what follows. */
const HIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/u;

const TOKEN = new RegExp(
  [
    '(?<comment>--[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$))',
    "(?<string>[eEbBxXnN]?'(?:[^']|'')*(?:'|$)|(?<tag>\\$(?:[A-Za-z_]\\w*)?\\$)[\\s\\S]*?(?:\\k<tag>|$))",
    '(?<quoted>"(?:[^"]|"")*(?:"|$)|`[^`]*`)',
    '(?<parameter>\\$\\d+|\\?)',
    '(?<number>\\b\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?\\b)',
    '(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)',
  ].join('|'),
  'gu',
);

/** Tokens whose texts joined give the input, except that hidden characters are written `⟦U+202E⟧`. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  for (const match of sql.matchAll(TOKEN)) {
    if (match.index > at) push(tokens, 'plain', sql.slice(at, match.index));
    push(tokens, kindOf(match), match[0]);
    at = match.index + match[0].length;
  }
  if (at < sql.length) push(tokens, 'plain', sql.slice(at));
  return tokens;
}

/** One line for a list: runs of white space become one space. */
export function oneLine(sql: string): string {
  return sql.replace(/[ \t\r\n]+/g, ' ').trim();
}

/** Any text from a database as plain text in which nothing is invisible. */
export function visibleText(text: string): string {
  return split(text)
    .map((part) => part.text)
    .join('');
}

function kindOf(match: RegExpExecArray | RegExpMatchArray): SqlToken['kind'] {
  const groups = match.groups ?? {};
  for (const kind of ['comment', 'string', 'quoted', 'parameter', 'number'] as const)
    if (groups[kind] !== undefined) return kind;
  return KEYWORDS.has(match[0].toLowerCase()) ? 'keyword' : 'plain';
}

function push(tokens: SqlToken[], kind: SqlToken['kind'], text: string) {
  for (const part of split(text)) {
    const last = tokens.at(-1);
    const partKind = part.hidden ? 'hidden' : kind;
    if (last?.kind === partKind && partKind === 'plain') last.text += part.text;
    else tokens.push({ kind: partKind, text: part.text });
  }
}

function split(text: string): { hidden: boolean; text: string }[] {
  if (!HIDDEN.test(text)) return [{ hidden: false, text }];
  const parts: { hidden: boolean; text: string }[] = [];
  for (const character of text) {
    const hidden = HIDDEN.test(character);
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const last = parts.at(-1);
    if (!hidden && last && !last.hidden) last.text += character;
    else parts.push({ hidden, text: hidden ? `⟦U+${code}⟧` : character });
  }
  return parts;
}
