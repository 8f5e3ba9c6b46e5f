/** A piece of a statement as MySQL reads it with an empty sql_mode: strings in both quotes, names in backticks. */
export type Token = {
  kind: 'word' | 'name' | 'string' | 'number' | 'hint' | 'sign';
  /** Of a `name` without its backticks, of a `word` in lower case. */
  text: string;
  /** As written, to the letter. */
  raw: string;
  /** Nothing stands between it and the token before: `max(` and `max (` are not the same. */
  glued: boolean;
};

const rules: readonly [kind: Token['kind'] | 'space' | 'executable' | 'open', rule: RegExp][] = [
  ['executable', /\/\*M?!/iy],
  ['hint', /\/\*\+[\s\S]*?\*\//y],
  // How a digest says that a list went on: no comment of its own, but text of ours to fill in.
  ['sign', /\(\.\.\.\)(?: \/\* , \.\.\. \*\/)?|\.\.\./y],
  // The server's white space: what else Unicode calls so is part of a name to it.
  ['space', /[ \t\n\v\f\r]+|\/\*[\s\S]*?\*\/|--(?=[ \t\n\v\f\r]|$)[^\n]*|#[^\n]*/y],
  ['open', /\/\*/y],
  ['string', /(?:\b[nxb]|_[a-z0-9]+\s*)?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"/iy],
  ['name', /`(?:[^`]|``)*`/y],
  ['open', /['"`]/y],
  [
    'number',
    /(?:0x[\da-f]+|0b[01]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?![a-z_$\u0080-\u{10ffff}])/iuy,
  ],
  ['word', /[\w$\u0080-\u{10ffff}]+/uy],
  ['sign', /:=|<=>|<=|>=|<>|!=|\|\||&&|->>?|@@?|[\s\S]/uy],
];

/**
 * Cuts a statement into its pieces; comments are left out.
 * @returns null of what is not whole or holds an executable comment: `/*! … *\/` is code to the server
 */
export function tokensOf(text: string): Token[] | null {
  const found: Token[] = [];
  let at = 0;
  let glued = false;
  while (at < text.length) {
    const hit = rules.find(([, rule]) => {
      rule.lastIndex = at;
      return rule.test(text);
    });
    if (!hit) return null;
    const [kind, rule] = hit;
    if (kind === 'executable' || kind === 'open') return null;
    const end = rule.lastIndex;
    const raw = text.slice(at, end);
    if (kind !== 'space') found.push({ kind, text: shown(kind, raw), raw, glued });
    glued = kind !== 'space';
    at = end;
  }
  return found;
}

const shown = (kind: Token['kind'], text: string) =>
  kind === 'word'
    ? text.toLowerCase()
    : kind === 'name'
      ? text.slice(1, -1).replaceAll('``', '`')
      : text;
