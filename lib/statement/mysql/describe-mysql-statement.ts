/** Describes a statement of MySQL or MariaDB for keeping and showing: identity, text without literals, kind and tables. */
import { createHash } from 'node:crypto';
import type { DescribedStatement } from '../described-statement';
import { type Token, tokensOf } from './tokens';

const longest = 20_000;

/** What a digest text calls a word, and what people write (sql/lex.h: several words make one token). */
const sameWord: Record<string, string> = {
  ...{ schema: 'database', schemas: 'databases', system_user: 'user', session_user: 'user' },
  ...{ varcharacter: 'varchar', character: 'char', integer: 'int', dec: 'decimal' },
  ...{ distinctrow: 'distinct', rlike: 'regexp', any: 'some', keys: 'indexes', index: 'key' },
  ...{ fields: 'columns', substr: 'substring', mid: 'substring', current_timestamp: 'now' },
  ...{ localtime: 'now', localtimestamp: 'now', '!=': '<>', '&&': 'and', curdate: 'current_date' },
};

const kinds: Record<string, string> = {
  ...{ select: 'select', with: 'select', table: 'select', values: 'select' },
  ...{ insert: 'insert', replace: 'insert', update: 'update', delete: 'delete' },
};

/**
 * The same statement has one identity whether it comes from a digest of any version or from a slow log: names in one
 * case, quotes, spaces, comments and literals left out. Text from a server is hostile: it is bounded, and where literals
 * cannot be told for sure, nothing of it is kept. Never throws.
 * @param options.truncated the server said that it cut the text; a digest text that it cut ends with `...`;
 *   one that ends with a list (`LIMIT ?, ...`) is whole
 */
export function describeMysqlStatement(
  given: string,
  options: { truncated?: boolean } = {},
): DescribedStatement {
  const clean = given.slice(0, longest).replaceAll('\u0000', '').toWellFormed().trim();
  const truncated =
    (options.truncated ?? false) || given.length >= longest || /(?<!, ?)\.\.\.$/.test(clean);
  const tokens = tokensOf(clean, { cut: truncated });
  while (tokens?.length && sign(tokens.at(-1)) === ';') tokens.pop();
  // MySQL 9 writes EXECUTE before the statement that was prepared: it is that statement that ran.
  if (word(tokens?.[0]) === 'execute' && kinds[word(tokens?.[1]) ?? ''] !== undefined)
    tokens?.shift();
  if (tokens === null || tokens.length === 0)
    return {
      id: hashOf(`unparsed ${clean}`),
      text: `<unparsed, ${Buffer.byteLength(given)} bytes>`,
      ...{ kind: 'unknown', tables: [], truncated, tags: {} },
    };
  return {
    id: hashOf(`mysql ${tokens.map(canonical).join(' ')}`),
    text: written(tokens) + (truncated ? ' …' : ''),
    kind: kindOf(tokens),
    tables: tablesOf(tokens),
    ...{ truncated, tags: {} },
  };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const sign = (token: Token | undefined) => (token?.kind === 'sign' ? token.text : null);
const word = (token: Token | undefined) =>
  token?.kind === 'word' ? token.text.toLowerCase() : null;

function canonical(token: Token): string {
  if (token.kind === 'literal') return '?';
  const text = token.text.toLowerCase().replace(/^sql_tsi_/, '');
  return sameWord[text] ?? text;
}

function kindOf(tokens: readonly Token[]): string {
  const first = tokens.find((token) => sign(token) !== '(');
  const verb = word(first);
  if (verb === null) return 'unknown';
  if (verb === 'with') {
    let depth = 0;
    for (const token of tokens) {
      if (sign(token) === '(') depth++;
      if (sign(token) === ')') depth--;
      const kind = depth === 0 ? kinds[word(token) ?? ''] : undefined;
      if (kind !== undefined && word(token) !== 'with') return kind;
    }
  }
  return kinds[verb] ?? `utility:${verb.slice(0, 30)}`;
}

const mostTables = 50;
const beforeTables = new Set(['from', 'join', 'into', 'update', 'table', 'straight_join']);
const betweenTables = new Set([
  ...['low_priority', 'ignore', 'quick', 'delayed', 'high_priority'],
  ...['if', 'not', 'exists', 'lateral', 'only'],
]);
/** `FROM` inside these functions names no table. */
const fromFunctions = new Set(['extract', 'trim', 'substring', 'substr', 'mid']);

/** Tables by the names the statement gives them, `schema.table` or `table`; those of a WITH clause left out. */
function tablesOf(tokens: readonly Token[]): string[] {
  const found = new Set<string>();
  const own = new Set<string>();
  const functions: boolean[] = [];
  for (const [i, token] of tokens.entries()) {
    if (sign(token) === '(') functions.push(fromFunctions.has(word(tokens[i - 1]) ?? ''));
    if (sign(token) === ')') functions.pop();
    if (word(token) === 'as' && sign(tokens[i + 1]) === '(' && word(tokens[i + 2]) === 'select') {
      const name = nameAt(tokens, i - 1);
      if (name !== null) own.add(name.toLowerCase());
    }
    if (!beforeTables.has(word(token) ?? '') || functions.at(-1) === true) continue;
    if (word(token) === 'update' && i > 0 && word(tokens[i - 1]) !== 'explain') continue; // FOR UPDATE, ON DUPLICATE KEY UPDATE
    let at = i + 1;
    while (betweenTables.has(word(tokens[at]) ?? '')) at++;
    for (;;) {
      const name = nameAt(tokens, at);
      if (name === null) break;
      at++;
      if (sign(tokens[at]) === '.' && nameAt(tokens, at + 1) !== null) {
        found.add(`${name}.${nameAt(tokens, at + 1)}`);
        at += 2;
      } else if (sign(tokens[at]) !== '(' || word(token) === 'into' || word(token) === 'table')
        found.add(name);
      if (word(tokens[at]) === 'as') at++;
      if (nameAt(tokens, at) !== null && sign(tokens[at + 1]) === ',') at++;
      if (sign(tokens[at]) !== ',' || word(token) === 'into') break;
      at++;
    }
  }
  return [...found].filter((name) => !own.has(name.toLowerCase())).slice(0, mostTables);
}

const reserved =
  /^(?:select|set|where|on|using|left|right|inner|cross|natural|join|order|group|limit|having|union|values?|dual|for|force|use|ignore|partition|straight_join|outfile|dumpfile)$/i;

function nameAt(tokens: readonly Token[], at: number): string | null {
  const token = tokens[at];
  if (token?.kind === 'name') return token.text;
  if (token?.kind !== 'word' || reserved.test(token.text)) return null;
  // A digest writes a name that is a keyword too (ACCOUNT, STATUS) in capitals, whatever it is: nearly all are small.
  const digest =
    token.text === token.text.toUpperCase() && tokens.some(({ kind }) => kind === 'name');
  return digest ? token.text.toLowerCase() : token.text;
}

/** As people write it: no space inside names and before commas, backticks only where a name needs them. */
function written(tokens: readonly Token[]): string {
  let text = '';
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    const tight =
      i === 0 ||
      (/^(?:[.,);]|@@)$/.test(sign(token) ?? '') && sign(token) !== '@@') ||
      /^(?:[.(@]|@@)$/.test(sign(before) ?? '') ||
      (sign(token) === '(' && isCall(tokens, i));
    const alone = sign(before) === '(' && sign(tokens[i + 1]) === ')';
    text += (tight ? '' : ' ') + spelled(token, alone);
  }
  return text;
}

const notCalled =
  /^(?:in|and|or|not|values?|on|using|from|where|select|as|exists|join|any|some|all|by|set|into|key|when|then|else|having|union|over|with|between|case|limit|return|xor|div|mod|interval|distinct|like|is|table|update|check|references)$/i;

/** Whether the bracket follows a function's or a type's name; digests write `COUNT ( * )`. */
function isCall(tokens: readonly Token[], at: number): boolean {
  const name = tokens[at - 1];
  return name?.kind === 'word' && !notCalled.test(name.text)
    ? true
    : name?.kind === 'name' &&
        !beforeTables.has(word(tokens[at - 2]) ?? '') &&
        sign(tokens[at - 2]) !== '.';
}

function spelled(token: Token, alone: boolean): string {
  if (token.kind === 'literal') return !token.many ? '?' : alone ? '...' : '?, ...';
  if (token.kind !== 'name' || /^[a-z_][a-z0-9_$]*$/i.test(token.text)) return token.text;
  return `\`${token.text.replaceAll('`', '``')}\``;
}
