/** Texts and names of entries seen for the first time. Reading a text loads the whole text file, so it is rare and batched. */
import type { SeenStatement } from '@/collectors/run/statements-reader';
import { describeStatement } from '@/lib/statement/describe-statement';
import type { Session } from '../session/session';
import type { StatementsSource } from './probe';

/** Longer texts are cut and marked. */
export const maxTextLength = 16_384;

export type Names = { users: Map<string, string>; databases: Map<string, string> };

export async function readNames(session: Session): Promise<Names> {
  const { rows } = await session.query(
    `select 'u', oid, rolname from pg_roles union all select 'd', oid, datname from pg_database`,
    { doing: 'read names of users and databases', timeoutMs: 3_000 },
  );
  const of = (kind: string) =>
    new Map(rows.flatMap(([k, oid, name]) => (k === kind && oid && name ? [[oid, name]] : [])));
  return { users: of('u'), databases: of('d') };
}

/** The parts of a key of a snapshot. */
export function keyParts(key: string): {
  userid: string;
  dbid: string;
  queryid: string;
  toplevel: boolean;
} {
  const [userid = '', dbid = '', queryid = '', toplevel] = key.split('/');
  return { userid, dbid, queryid, toplevel: toplevel !== 'f' };
}

/** Texts by key; a null text was thrown away by the server, an absent key was evicted meanwhile. */
export async function readTexts(
  session: Session,
  source: StatementsSource,
  keys: readonly string[],
  timeoutMs: number,
): Promise<Map<string, string | null>> {
  const toplevel = source.columns.has('toplevel') ? 'toplevel' : 'true';
  const queryids = [...new Set(keys.map((key) => keyParts(key).queryid))];
  const { rows } = await session.query(
    `select userid, dbid, queryid, ${toplevel}, left(query, ${maxTextLength})
  from ${source.schema}.pg_stat_statements where queryid = any($1::bigint[])`,
    {
      doing: 'read statement texts',
      timeoutMs,
      params: [queryids],
      maxBytes: 128 * 1024 * 1024,
    },
  );
  const wanted = new Set(keys);
  const texts = new Map<string, string | null>();
  for (const [userid, dbid, queryid, top, text] of rows) {
    const key = `${userid}/${dbid}/${queryid}/${top === 'f' ? 'f' : 't'}`;
    if (wanted.has(key)) texts.set(key, text ?? null);
  }
  return texts;
}

/** A statement whose text cannot be had keeps its numbers, under its own id. */
export async function seen(key: string, text: string | null, names: Names): Promise<SeenStatement> {
  const parts = keyParts(key);
  const truncated = text !== null && text.length >= maxTextLength;
  const described = text === null ? null : await describeStatement(text, { truncated });
  return {
    key,
    ...parts,
    userName: names.users.get(parts.userid) ?? null,
    databaseName: names.databases.get(parts.dbid) ?? null,
    statement: described ?? {
      id: `lost-${parts.queryid}`,
      text: `/* text lost by the server, queryid ${parts.queryid} */`,
      kind: 'unknown',
      tables: [],
      truncated: false,
    },
  };
}
