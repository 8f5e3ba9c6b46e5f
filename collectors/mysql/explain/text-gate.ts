/** Which texts may be explained at all. EXPLAIN executes constant subqueries, and in MariaDB stored functions. */
import { type Refusal, refused } from '@/collectors/run/explain/refusal';
import type { Flavour } from '@/lib/metric/define-metric';
import {
  bareFunctions,
  builtInFunctions,
  notCalls,
} from '@/lib/statement/mysql/built-in-functions';
import { type Token, tokensOf } from '@/lib/statement/mysql/sql-tokens';

export type GatedText = {
  tokens: Token[];
  /** Every name that could be a table: none may be a view. With the schema where one is written before it. */
  names: { schema: string | null; name: string }[];
  /** What is called: none may be a stored function. */
  calls: string[];
};

export type GateOptions = {
  truncated?: boolean;
  /** Not known before the connection: then what either server has is let through, to be looked at again. */
  flavour?: Flavour;
  /** Sent as it is: then a space before a bracket matters. */
  exact?: boolean;
};

const mostBytes = 64 * 1024;
const mostNames = 300;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
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
export function gateText(text: string, options: GateOptions = {}): GatedText | Refusal {
  const { truncated = false } = options;
  // A list that ends a digest's text ends as `, ...` or `(...)`.
  if (truncated || /(?<!, ?)\.\.\.$/.test(text.trimEnd()))
    return refused(
      'truncated',
      'The server cut the text of this statement, so it cannot be planned.',
      'A larger performance_schema_max_digest_length and max_digest_length keep more of it.',
    );
  if (Buffer.byteLength(text) > mostBytes)
    return refused('too_long', 'The statement is longer than 64 KiB.');
  // MySQL lets `--` with any of these begin a comment: what we read would not be what it reads.
  if (controls.test(text)) return refused('nul', 'The text holds control characters.');
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
  return (
    forbiddenPart(tokens, options) ?? { tokens, names: namesIn(tokens), calls: callsIn(tokens) }
  );
}

function forbiddenPart(tokens: readonly Token[], options: GateOptions): Refusal | null {
  if (namesIn(tokens).length > mostNames)
    return refused('too_long', `The statement has more than ${mostNames} names.`);
  for (const [index, { kind, text }] of tokens.entries()) {
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (kind === 'hint' && /set_var|max_execution_time|resource_group/i.test(text))
      return refused('hint', 'An optimizer hint would change settings of the session.');
    if (kind === 'sign' && text === ':=')
      return refused('assignment', 'A statement that sets a variable is not explained.');
    const called = isCalled(tokens, index);
    const ofTable = before?.text === '.' && /^(name|word)$/.test(tokens[index - 2]?.kind ?? '');
    if (kind === 'word' && !ofTable && before?.text !== '@') {
      if (forbidden.has(text))
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
      const refusal = gateCall(tokens, index, options);
      if (refusal) return refusal;
    }
  }
  return null;
}

const isCalled = (tokens: readonly Token[], index: number): boolean =>
  /^\((\.\.\.\).*)?$/s.test(tokens[index + 1]?.text ?? '');

const known = (flavour: Flavour | undefined, name: string): boolean =>
  flavour === undefined
    ? builtInFunctions.mysql.has(name) || builtInFunctions.mariadb.has(name)
    : builtInFunctions[flavour].has(name);

/** Words that come before a bracket in one place alone, and elsewhere could be a function's name. */
function inItsPlace(name: string, before: Token | undefined): boolean {
  if (name === 'against') return before?.text === ')';
  if (name === 'of') return before?.text === 'member';
  return name === 'columns' && (before?.kind === 'string' || before?.text === '?');
}

function gateCall(
  tokens: readonly Token[],
  index: number,
  { flavour, exact = false }: GateOptions,
): Refusal | null {
  const token = tokens[index] as Token;
  const name = token.text.toLowerCase();
  const before = tokens[index - 1]?.text;
  const word = token.kind === 'word' && before !== '.';
  if (word && (notCalls.has(name) || inItsPlace(name, tokens[index - 1]))) return null;
  const mayBeColumns = /^(with|recursive|as|,)$/.test(before ?? '');
  if (mayBeColumns && isColumnList(tokens, index, before === 'as')) return null;
  if (before !== '.' && known(flavour, name)) {
    const bare = word && (!exact || tokens[index + 1]?.glued === true);
    if (bare || !bareFunctions.has(name)) return null;
  }
  return refused(
    'function',
    `The function ${token.text.slice(0, 64)} is not one of the server’s own: EXPLAIN could run it.`,
    'Statements that call stored functions are never explained.',
  );
}

const callsIn = (tokens: readonly Token[]): string[] => [
  ...new Set(
    tokens.flatMap(({ kind, text }, index) =>
      (kind === 'name' || (kind === 'word' && !notCalls.has(text))) && isCalled(tokens, index)
        ? [text.toLowerCase()]
        : [],
    ),
  ),
];

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
    for (const name of new Set([plain(token), text]))
      found.set(`${schema}.${name}`, { schema, name });
  }
  return [...found.values()];
}
