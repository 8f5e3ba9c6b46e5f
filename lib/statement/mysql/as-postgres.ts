import { notCalls } from './built-in-functions';
import { type Token, tokensOf } from './sql-tokens';

/** Words of MySQL before SELECT's list that PostgreSQL does not know, and that say nothing about columns. */
const dropped = new Set(
  `sql_calc_found_rows sql_no_cache sql_cache sql_small_result sql_big_result sql_buffer_result high_priority low_priority
   straight_join ignore quick delayed binary`
    .trim()
    .split(/\s+/),
);
const sameWords: Readonly<Record<string, string>> = {
  ...{
    '<=>': '=',
    '&&': 'and',
    '||': 'or',
    xor: 'or',
    regexp: '~',
    rlike: '~',
    div: '/',
    mod: '%',
  },
  distinctrow: 'distinct',
};
/** Words of the language besides those before a bracket: all else is a name. */
const words = new Set(
  `first next only nested columns lateral against escape with recursive insert into update delete replace asc desc offset null true false unknown isnull ifnull default update
   current_date current_time current_timestamp no action ties rollup dual share lock mode skip locked nowait of both
   leading trailing first last nulls collate escape`
    .trim()
    .split(/\s+/),
);

/**
 * A statement of MySQL, as its digest or the store has it, in words that PostgreSQL's parser reads, so that one reader of
 * predicates serves all engines. Names are in lower case, as MySQL compares columns. What has no counterpart (MATCH,
 * UPDATE of several tables) makes a text that does not parse: then nothing is said of it.
 * A parser of MySQL's dialect would need a second reader of predicates, and digests (`(...)`, `?, ...`) are not SQL.
 * @returns null when it is not whole
 */
export function asPostgres(text: string): string | null {
  const tokens = tokensOf(text.slice(0, 64 * 1024));
  if (!tokens) return null;
  const out: string[] = [];
  let parameter = 0;
  const next = () => {
    parameter += 1;
    return `$${parameter}`;
  };
  const kind = tokens.find(({ kind: one }) => one === 'word')?.text;
  const inserted = kind === 'insert' || kind === 'replace';
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind: sort, text: word } = tokens[at] as Token;
    const ahead = (steps: number) => tokens[at + steps]?.text ?? '';
    const before = tokens[at - 1]?.text ?? '';
    if (word === '(') depth += 1;
    if (word === ')') depth -= 1;
    if (sort === 'hint') continue;
    // What ends a statement that writes, and PostgreSQL does not have.
    if (inserted && word === 'on' && ahead(1) === 'duplicate') break;
    const ends = depth === 0 && (word === 'limit' || (word === 'order' && ahead(1) === 'by'));
    if (ends && (kind === 'update' || kind === 'delete')) break;
    if (word === 'lock' && ahead(1) === 'in') break;
    if (/^(use|force|ignore)$/.test(word) && /^(index|key)$/.test(ahead(1))) {
      while (at + 1 < tokens.length && !/^(\)|\(\.\.\.\).*)$/.test(tokens[at]?.text ?? '')) at += 1;
      continue;
    }
    if (word === 'from' && ahead(1) === 'dual') at += 1;
    else if (word === 'interval' && /^[\w]+$/.test(ahead(2))) {
      out.push(`interval '1 day'`);
      at += 2;
    } else if (/^(date|time|timestamp)$/.test(word) && /^(\?|'.*)$/s.test(ahead(1))) continue;
    else if (word === 'limit' && ahead(2) === ',') {
      out.push('limit', next(), 'offset', next());
      at += 3;
    } else if (word === 'separator') at += 1;
    else if (word === '@' || word === '@@') {
      out.push(next());
      at += ahead(2) === '.' ? 3 : 1;
    } else if (word === '?' && before === '(' && tokens[at - 2]?.text === 'in') {
      // One `?` stands for the whole list.
      out.push(next(), ',', next());
    } else if (word.startsWith('(...)')) out.push('(', next(), ',', next(), ')');
    else if (word === '?' || word === '...' || sort === 'string' || sort === 'number')
      out.push(next());
    else if (word === 'straight_join' && before !== 'select') out.push('join');
    else if (dropped.has(word) && ahead(1) !== '(' && before !== '.') continue;
    else if (sort === 'name') out.push(quoted(word));
    else if (sort === 'word') out.push(wordOf(tokens, at, before));
    else out.push(sameWords[word] ?? word);
  }
  return out.join(' ');
}

function wordOf(tokens: readonly Token[], at: number, before: string): string {
  const { text } = tokens[at] as Token;
  const after = tokens[at + 1]?.text ?? '';
  if (before === '.' || after === '.') return quoted(text);
  if (sameWords[text] !== undefined && after !== '(') return sameWords[text] as string;
  const known = words.has(text) || notCalls.has(text);
  // A column may be called as a word that is none of PostgreSQL's.
  if (
    known &&
    !/^(date|time|timestamp|year|key|index|first|last|only|columns|mode|next|action)$/.test(text)
  )
    return text;
  return after === '(' ? text : quoted(text);
}

const quoted = (name: string) => `"${name.toLowerCase().replaceAll('"', '""')}"`;
