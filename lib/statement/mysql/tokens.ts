/**
 * Statements of MySQL and MariaDB as tokens without literals. What is read is the server's digest text or a statement of
 * its slow log; both give the same tokens for the same statement. Pure.
 */

export type Token =
  /** One, or a list of them. */
  | { kind: 'literal'; many: boolean }
  /** Name in backticks, without them. */
  | { kind: 'name'; text: string }
  | { kind: 'word'; text: string }
  | { kind: 'sign'; text: string };

const literal: Token = { kind: 'literal', many: false };
const literals: Token = { kind: 'literal', many: true };

/** Literals, names and signs by the server's lexical rules (sql_lex.cc). Sticky: no text makes it look back. */
const lexeme = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    // The server runs what stands in /*! */ and /*M! */, so that is read; a digest's own `/* , ... */` is a comment.
    String.raw`(?<run>\/\*M?!\d{0,6})`,
    String.raw`(?<comment>\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)|#[^\n]*|--(?=\s|$)[^\n]*)`,
    String.raw`(?<ended>\*\/)`,
    String.raw`(?<string>(?:\b[nNxXbB])?(?:'|"))`,
    String.raw`(?<dollar>\$(?:[A-Za-z_]\w{0,60})?\$)`,
    '(?<name>`(?:[^`]|``)*(?:`|$))',
    String.raw`(?<number>0[xX][0-9a-fA-F]+\b|0[bB][01]+\b|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w$\u0080-\uffff]))`,
    String.raw`(?<variable>@(?!@)(?:[\w.$\u0080-\uffff]+|(?=['"\x60?]))?)`,
    String.raw`(?<word>[\w$\u0080-\uffff]+)`,
    String.raw`(?<list>\.\.\.)`,
    String.raw`(?<sign>->>|<=>|:=|@@|->|<<|>>|<>|!=|<=|>=|&&|\|\||[^\s])`,
  ].join('|'),
  'suy',
);

/** Where a string ends, after its closing quote; null when it does not. */
function stringEnd(text: string, from: number, escapes: boolean): number | null {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return null;
}

/** Where a variable's quoted name ends; a digest writes `@?`. */
function variableEnd(text: string, from: number): number {
  const quote = text[from] ?? '';
  if (quote === '?') return from + 1;
  if (quote === '`') return text.indexOf(quote, from + 1) + 1 || text.length;
  return stringEnd(text, from, true) ?? text.length;
}

/**
 * Null when a string is not closed or a backslash stands outside of one: the text was read by the wrong rule, or cut.
 * @param escapes whether a backslash escapes inside strings, which NO_BACKSLASH_ESCAPES turns off
 */
function readTokens(text: string, escapes: boolean, cut: boolean): Token[] | null {
  const tokens: Token[] = [];
  lexeme.lastIndex = 0;
  for (let at = 0; at < text.length; ) {
    lexeme.lastIndex = at;
    const found = lexeme.exec(text);
    if (found === null) return null;
    const groups = found.groups ?? {};
    at = lexeme.lastIndex;
    if (groups.string !== undefined) {
      const end = stringEnd(text, at - 1, escapes);
      if (end === null && !cut) return null;
      at = end ?? text.length;
      tokens.push(literal);
    } else if (groups.dollar !== undefined) {
      const end = text.indexOf(groups.dollar, at);
      at = end === -1 ? text.length : end + groups.dollar.length;
      tokens.push(literal);
    } else if (groups.number !== undefined) tokens.push(literal);
    else if (groups.list !== undefined) tokens.push(literals);
    else if (groups.variable !== undefined) {
      if (groups.variable === '@') at = variableEnd(text, at);
      tokens.push({ kind: 'sign', text: '@' }, literal);
    } else if (groups.name !== undefined) {
      const name = groups.name;
      const closed = name.length > 1 && name.endsWith('`');
      tokens.push({
        kind: 'name',
        text: name.slice(1, closed ? -1 : undefined).replaceAll('``', '`'),
      });
    } else if (groups.word !== undefined) tokens.push({ kind: 'word', text: groups.word });
    else if (groups.sign !== undefined) {
      if (groups.sign === '\\') return null;
      tokens.push(groups.sign === '?' ? literal : { kind: 'sign', text: groups.sign });
    }
  }
  return tokens;
}

/**
 * The statement's tokens with every literal, list of literals and name of a variable taken out; null when it cannot be
 * told for sure what is a literal in it.
 * @param options.cut the text may end anywhere
 */
export function tokensOf(text: string, options: { cut?: boolean } = {}): Token[] | null {
  const cut = options.cut ?? false;
  const usual = readTokens(text, true, cut);
  if (!text.includes('\\')) return usual && withoutLiterals(usual);
  const plain = readTokens(text, false, cut);
  // Both rules fit: what one takes for a name may be a literal by the other.
  if (usual !== null && plain !== null && JSON.stringify(usual) !== JSON.stringify(plain))
    return null;
  const tokens = usual ?? plain;
  return tokens && withoutLiterals(tokens);
}

const isSign = (token: Token | undefined, text: string) =>
  token?.kind === 'sign' && token.text === text;
const isOperand = (token: Token | undefined) =>
  token !== undefined && (token.kind === 'literal' || token.kind === 'name' || isSign(token, ')'));
/** After these words a sign belongs to the number that follows. */
const beforeValues =
  /^(?:select|where|and|or|not|in|like|between|then|else|when|by|values?|set|limit|offset|return|interval|on|having|is|div|mod|xor|case)$/i;

function withoutLiterals(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (const token of tokens) {
    const value =
      token.kind === 'word' && /^null$/i.test(token.text) && !isWord(out.at(-1), /^(?:is|not)$/i)
        ? literal
        : token;
    if (value.kind !== 'literal') {
      out.push(value);
      continue;
    }
    dropIntroducer(out);
    const sign = out.at(-1);
    if ((isSign(sign, '-') || isSign(sign, '+')) && !isValueBefore(out.at(-2))) out.pop();
    // Of a list of literals the first stands for all.
    if (isSign(out.at(-1), ',') && out.at(-2)?.kind === 'literal') out.splice(-2, 2, literals);
    else out.push(value);
  }
  return withoutRows(out);
}

const isWord = (token: Token | undefined, words: RegExp) =>
  token?.kind === 'word' && words.test(token.text);
const isValueBefore = (token: Token | undefined) =>
  isOperand(token) || (token?.kind === 'word' && !beforeValues.test(token.text));

/** `(_charset)` of a digest and `_utf8mb4` of a statement introduce a string. */
function dropIntroducer(out: Token[]): void {
  if (isWord(out.at(-1), /^_[a-z]\w*$/i)) out.pop();
  else if (
    isSign(out.at(-1), ')') &&
    isWord(out.at(-2), /^(?:_charset|unknown)$/i) &&
    isSign(out.at(-3), '(')
  )
    out.splice(-3);
}

/** `(?), (?)` is one row: an INSERT of many rows is the statement that inserts one. */
function withoutRows(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (const token of tokens) {
    out.push(token);
    const [open, value, close] = out.slice(-3);
    const [before, row, after, comma] = out.slice(-7, -3);
    if (
      isSign(open, '(') &&
      value?.kind === 'literal' &&
      isSign(close, ')') &&
      isSign(before, '(') &&
      row?.kind === 'literal' &&
      isSign(after, ')') &&
      isSign(comma, ',')
    )
      out.splice(-4);
  }
  return out;
}
