/** Which texts may be explained at all. EXPLAIN executes constant subqueries, and in MariaDB stored functions. */
import { type Refusal, refused } from '@/collectors/run/explain/refusal';
import { builtInFunctions, notCalls } from '@/lib/statement/mysql/built-in-functions';
import { type Token, tokensOf } from '@/lib/statement/mysql/sql-tokens';

export type GatedText = {
  tokens: Token[];
  /** Every name that could be a table: none may be a view. With the schema where one is written before it. */
  names: { schema: string | null; name: string }[];
};

const mostBytes = 64 * 1024;
const mostNames = 200;
const starts = new Set(['select', 'with']);
/** What writes, locks, makes files, or calls. REPLACE() and INSERT() are functions too. */
const forbidden = new Set([
  ...['update', 'delete', 'into', 'lock', 'call', 'procedure', 'outfile', 'dumpfile', 'handler'],
  ...['execute', 'prepare', 'analyze', 'load', 'nextval', 'setval', 'lastval', 'do', 'share'],
]);
const asFunctionsOnly = new Set(['replace', 'insert']);

/**
 * One SELECT that calls nothing but the server's own functions. Statements that change rows are not explained: their plan
 * is that of the SELECT within, and they need the right to change rows, which our login rightly does not have.
 */
export function gateText(text: string, truncated: boolean): GatedText | Refusal {
  // A list that ends a digest's text ends as `, ...` or `(...)`.
  if (truncated || /(?<!, ?)\.\.\.$/.test(text.trimEnd()))
    return refused(
      'truncated',
      'The server cut the text of this statement, so it cannot be planned.',
      'A larger performance_schema_max_digest_length and max_digest_length keep more of it.',
    );
  if (Buffer.byteLength(text) > mostBytes)
    return refused('too_long', 'The statement is longer than 64 KiB.');
  if (text.includes('\u0000')) return refused('nul', 'The text holds a NUL character.');
  const tokens = tokensOf(text);
  if (!tokens)
    return refused(
      'unparsed',
      'The text is not whole, or holds a comment that the server executes.',
    );
  while (tokens.at(-1)?.text === ';') tokens.pop();
  if (tokens.some(({ kind, text: sign }) => kind === 'sign' && sign === ';'))
    return refused('not_one', 'Exactly one statement can be explained.');
  const first = tokens.find(({ text: sign }) => sign !== '(');
  if (first?.kind !== 'word' || !starts.has(first.text))
    return refused('utility', 'Of MySQL and MariaDB only SELECT is explained.');
  return forbiddenPart(tokens) ?? { tokens, names: namesIn(tokens) };
}

function forbiddenPart(tokens: readonly Token[]): Refusal | null {
  if (namesIn(tokens).length > mostNames)
    return refused('too_long', `The statement has more than ${mostNames} names.`);
  for (const [index, { kind, text }] of tokens.entries()) {
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (kind === 'hint' && /set_var|max_execution_time|resource_group/i.test(text))
      return refused('hint', 'An optimizer hint would change settings of the session.');
    if (kind === 'sign' && text === ':=')
      return refused('assignment', 'A statement that sets a variable is not explained.');
    const called = after?.text === '(' || after?.text.startsWith('(...)');
    if (kind === 'word' && before?.text !== '.' && before?.text !== '@') {
      if (forbidden.has(text) && !columnLike(tokens, index))
        return refused(
          text === 'into' ? 'into' : /lock|share|update/.test(text) ? 'locking' : 'writes',
          `A statement with ${text.toUpperCase()} is not explained.`,
        );
      if (asFunctionsOnly.has(text) && !called)
        return refused('writes', 'Of MySQL and MariaDB only SELECT is explained.');
    }
    const sequence = /^(next|previous)$/.test(text) && after?.text === 'value';
    if (sequence)
      return refused('writes', 'A statement that draws from a sequence is not explained.');
    if ((kind === 'word' || kind === 'name') && called) {
      const refusal = gateCall(tokens, index);
      if (refusal) return refusal;
    }
  }
  return null;
}

/** `t.lock`, `as lock`: not the word of the language. */
const columnLike = (tokens: readonly Token[], index: number) =>
  tokens[index - 1]?.text === 'as' && tokens[index]?.text !== 'update';

function gateCall(tokens: readonly Token[], index: number): Refusal | null {
  const token = tokens[index] as Token;
  const name = token.text.toLowerCase();
  const before = tokens[index - 1]?.text;
  if (token.kind === 'word' && before !== '.' && notCalls.has(name)) return null;
  const mayBeColumns =
    before === 'with' || before === 'recursive' || before === ',' || before === 'as';
  if (mayBeColumns && isColumnList(tokens, index, before === 'as')) return null;
  if (/^(use|force|ignore)$/.test(tokens[index - 1]?.text ?? '')) return null;
  if (before !== '.' && builtInFunctions.has(name)) return null;
  return refused(
    'function',
    `The function ${token.text.slice(0, 64)} is not one of the server’s own: EXPLAIN could run it.`,
    'Statements that call stored functions are never explained.',
  );
}

/** `name (a, b) as (`: the columns of a WITH, or of a derived table after `as`. */
function isColumnList(tokens: readonly Token[], index: number, derived: boolean): boolean {
  let at = index + 2;
  for (; at < tokens.length && tokens[at]?.text !== ')'; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== 'name' && kind !== 'word' && text !== ',') return false;
  }
  // After AS only a derived table or a window may have brackets; a window's begins with a word of its own.
  const closed = tokens[at]?.text === ')';
  return closed && (derived ? tokens[index - 2]?.text === ')' : tokens[at + 1]?.text === 'as');
}

/** Every name or word that is no word of the language: tables are among them. */
function namesIn(tokens: readonly Token[]): GatedText['names'] {
  const found = new Map<string, GatedText['names'][number]>();
  const plain = ({ kind, text, raw }: Token) => (kind === 'word' ? raw : text);
  for (const [index, token] of tokens.entries()) {
    const { kind, text } = token;
    if (kind !== 'name' && (kind !== 'word' || notCalls.has(text))) continue;
    const qualifier = tokens[index - 1]?.text === '.' ? tokens[index - 2] : undefined;
    const schema = qualifier && /^(name|word)$/.test(qualifier.kind) ? plain(qualifier) : null;
    found.set(`${schema}.${plain(token)}`, { schema, name: plain(token) });
  }
  return [...found.values()];
}
