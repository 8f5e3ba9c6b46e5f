import { createHash } from 'node:crypto';
import { normalizeSync, scanSync } from 'libpg-query';
import type { DescribedStatement } from './described-statement';
import { loadParser, parsePostgres, tablesOf } from './parse-postgres';

export type { DescribedStatement };

const longest = 20_000;

const kinds: Record<string, string> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
};

/** Utility statements that hold no literals worth hiding; of the others only the verb is kept (CREATE ROLE … PASSWORD). */
const plainUtilities = new Set([
  'TransactionStmt',
  'VacuumStmt',
  'DropStmt',
  'TruncateStmt',
  'IndexStmt',
  'VariableShowStmt',
  'CheckPointStmt',
  'RefreshMatViewStmt',
  'ReindexStmt',
  'LockStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'DiscardStmt',
  'CreateExtensionStmt',
]);

/**
 * Describes a statement of PostgreSQL for keeping and showing. Text from a server is hostile: it is bounded, parsed with the
 * real parser, and what cannot be parsed is not kept. Never throws.
 * @param options.truncated the server said that it cut the text
 */
export async function describeStatement(
  given: string,
  options: { truncated?: boolean } = {},
): Promise<DescribedStatement> {
  await loadParser();
  const bytes = Buffer.byteLength(given);
  const truncated = (options.truncated ?? false) || given.length >= longest;
  const clean = given.slice(0, longest).replaceAll('\u0000', '').toWellFormed();
  try {
    const parsed = truncated ? null : parsePostgres(clean);
    if (parsed && parsed.kinds.length > 0) return { ...describeParsed(clean, parsed), truncated };
  } catch {
    // The parser's own fault on a strange text; treated as unparsed.
  }
  return {
    id: shortHash(clean),
    text: `<unparsed, ${bytes} bytes>`,
    kind: 'unknown',
    tables: [],
    truncated,
    tags: {},
  };
}

function describeParsed(clean: string, parsed: NonNullable<ReturnType<typeof parsePostgres>>) {
  const first = parsed.kinds[0] ?? '';
  const { text: bare, comments } = withoutComments(clean);
  const dml = kinds[first];
  const verb = verbOf(bare);
  const keep = parsed.kinds.length === 1 && (dml !== undefined || plainUtilities.has(first));
  const text = keep ? normalizeSync(bare) : `${verb} …`;
  return {
    id: shortHash(keep ? canonical(text) : text),
    text,
    kind: dml ?? `utility:${verb.toLowerCase()}`,
    tables: tablesOf(parsed.tree),
    tags: tagsOf(comments),
  };
}

/**
 * The text by its tokens: neither spaces, case, the numbers of parameters nor the length of a list make another statement.
 * Not the parser's own fingerprint: to it `a = $1` is `a IN ($1)`, and a column listed twice is one.
 */
function canonical(text: string): string {
  return scanSync(text)
    .tokens.map((token) => {
      if (token.tokenName === 'PARAM') return '$';
      return token.text.startsWith('"') ? token.text : token.text.toLowerCase();
    })
    .join(' ')
    .replace(/\b(in|array) ([([]) \$(?: , \$)+ ([)\]])/g, '$1 $2 $$ $3')
    .replace(/\bvalues (\( \$(?: , \$)* \))(?: , \1)+/g, 'values $1');
}

/** The leading keywords, two at most: `CREATE ROLE`, `SET`. */
function verbOf(text: string): string {
  const words: string[] = [];
  for (const token of scanSync(text.slice(0, 500)).tokens) {
    if (!token.keywordName.endsWith('KEYWORD') || token.keywordKind === 0) break;
    words.push(token.text.toUpperCase());
    if (words.length === 2) break;
  }
  return words[0] === 'SET' ? 'SET' : words.join(' ') || 'UTILITY';
}

/** Comments may hold anything, so none is kept as text. */
function withoutComments(text: string): { text: string; comments: string[] } {
  const bytes = Buffer.from(text);
  const comments: string[] = [];
  const kept: Buffer[] = [];
  let end = 0;
  for (const token of scanSync(text).tokens) {
    if (token.tokenName !== 'SQL_COMMENT' && token.tokenName !== 'C_COMMENT') continue;
    kept.push(bytes.subarray(end, token.start));
    comments.push(bytes.subarray(token.start, token.end).toString());
    end = token.end;
  }
  kept.push(bytes.subarray(end));
  return { text: Buffer.concat(kept).toString().trim(), comments };
}

/** sqlcommenter writes key='value', marginalia key:value; only names of code places are let through. */
const allowed = new Set([
  'route',
  'action',
  'controller',
  'framework',
  'application',
  'job',
  'db_driver',
]);

function tagsOf(comments: string[]): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const comment of comments)
    for (const [, key = '', quoted, plain] of comment.matchAll(
      /([a-z_]{1,32})(?:='([^']{0,100})'|:([\w./#-]{1,100}))/g,
    ))
      if (allowed.has(key)) tags[key] = decodeTag(quoted ?? plain ?? '');
  return tags;
}

/** Hostile text: `%00` would be a NUL, which jsonb refuses, and with it the whole reading. */
function decodeTag(value: string): string {
  let decoded = value;
  try {
    decoded = decodeURIComponent(value);
  } catch {
    // Not encoded; it stays as it is.
  }
  return decoded
    .replace(/\p{Cc}/gu, '')
    .slice(0, 100)
    .toWellFormed();
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
