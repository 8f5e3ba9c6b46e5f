/** Texts of digests seen for the first time: a few by the index of the digest table, many by one pass over all of it. */
import { Failure } from '@/collectors/run/failure';
import type { SeenStatement, StatementGrowth } from '@/collectors/run/statements-reader';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import type { Session } from '../session/session';
import { type DigestRow, keyOf, preparedDigest } from './digest-table';
import type { DigestBase } from './grow';

const longestText = 16_384;
/** Most texts of one poll; the rest follows at the next. */
const maxTexts = 1_000;
/** Reading texts may take this share of the time at most; what is as quick as this is read at each poll. */
const textShare = 0.0003;
const quickMs = 10;
/** A new statement is not nameless for longer, whatever that costs. */
const longestPauseMs = 30_000;
/**
 * MySQL looks one up by schema and digest in 1.3 ms and passes over a full table of 10,000 in 35 ms; MariaDB has no index.
 * https://dev.mysql.com/doc/refman/9.0/en/performance-schema-statement-summary-tables.html
 */
const mostByIndex = 12;

/** Reads the texts of what grew and is not known, as often as their cost allows. */
export async function learn(
  session: Session,
  memory: {
    known: Set<string>;
    waiting: ReadonlyMap<string, StatementGrowth>;
    base: DigestBase | null;
    textsNotBefore: number;
  },
  timeoutMs: number,
): Promise<SeenStatement[]> {
  const unknown = [...memory.waiting.keys()].filter((key) => !memory.known.has(key));
  if (unknown.length === 0 || performance.now() < memory.textsNotBefore) return [];
  const wanted = unknown
    .sort((a, b) => (memory.waiting.get(b)?.totalMs ?? 0) - (memory.waiting.get(a)?.totalMs ?? 0))
    .slice(0, maxTexts)
    .flatMap((key) => memory.base?.rows.get(key)?.[0] ?? []);
  const named = wanted.filter(({ digest }) => digest !== null && digest !== preparedDigest);
  const started = performance.now();
  let texts = new Map<string, string>();
  try {
    texts = await readTexts(session, named, timeoutMs);
    const tookMs = performance.now() - started;
    if (tookMs > quickMs)
      memory.textsNotBefore = performance.now() + Math.min(longestPauseMs, tookMs / textShare);
  } catch (error) {
    if (!(error instanceof Failure) || error.fatal) throw error;
    memory.textsNotBefore = performance.now() + 60_000;
    return [];
  }
  for (const { key } of wanted) memory.known.add(key);
  return wanted.map((row) => seen(row, texts.get(row.key) ?? null));
}

async function readTexts(
  session: Session,
  named: readonly DigestRow[],
  timeoutMs: number,
): Promise<Map<string, string>> {
  const byIndex = session.flavour === 'mysql' && named.length <= mostByIndex;
  const schemas = byIndex ? [...new Set(named.map(({ schema }) => schema))] : [undefined];
  const texts = new Map<string, string>();
  for (const wanted of schemas) {
    const mine = named.filter(({ schema }) => wanted === undefined || schema === wanted);
    if (mine.length === 0) continue;
    const digests = [...new Set(mine.flatMap(({ digest }) => digest ?? []))];
    const { rows } = await session.query(
      `select schema_name, digest, left(digest_text, ${longestText})
       from performance_schema.events_statements_summary_by_digest
       where ${wanted === undefined ? '' : 'schema_name <=> ? and '}digest in (?)`,
      {
        ...{ doing: 'read texts of digests', timeoutMs, maxBytes: 64 * 1024 * 1024 },
        params: wanted === undefined ? [digests] : [wanted, digests],
      },
    );
    for (const [schema = null, digest = null, text] of rows)
      if (text) texts.set(keyOf(schema, digest), text);
  }
  return texts;
}

const together = {
  others: {
    id: 'mysql-others',
    text: '/* statements beyond performance_schema_digests_size, which the server does not tell apart */',
  },
  [preparedDigest]: {
    id: 'mysql-prepared',
    text: '/* executions of statements that clients prepared, which MariaDB does not tell apart */',
  },
} as const;

/** What found no place in the table, and a digest whose text is gone, keep their numbers under names of their own. */
function seen({ key, schema, digest }: DigestRow, text: string | null): SeenStatement {
  const described =
    text === null ? null : describeMysqlStatement(text, { truncated: text.length >= longestText });
  const nameless =
    digest === null || digest === preparedDigest
      ? together[digest ?? 'others']
      : { id: `lost-${digest}`, text: `/* text lost by the server, digest ${digest} */` };
  return {
    ...{ key, userid: '', dbid: schema ?? '', queryid: digest ?? 'others', toplevel: true },
    ...{ userName: null, databaseName: schema },
    statement: described ?? { ...nameless, kind: 'unknown', tables: [], truncated: false },
  };
}
