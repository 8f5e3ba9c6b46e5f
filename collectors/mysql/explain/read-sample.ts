import type { Session } from '@/collectors/mysql/session/session';
import { Failure } from '@/collectors/run/failure';

/**
 * The server's own sample of a digest, with its literals: for planning alone, it goes no further.
 * Source: events_statements_summary_by_digest.QUERY_SAMPLE_TEXT, since MySQL 8.0; MariaDB keeps none.
 * @returns null when there is none, when it was cut, or when our login may not read it
 */
export async function readSample(
  session: Session,
  digest: string,
  schema: string,
  timeoutMs: number,
): Promise<string | null> {
  if (session.flavour !== 'mysql' || !/^[0-9a-f]{32,64}$/i.test(digest)) return null;
  try {
    const { rows } = await session.query(
      `select query_sample_text, @@performance_schema_max_sql_text_length
       from performance_schema.events_statements_summary_by_digest where digest = ? and schema_name <=> ? limit 1`,
      {
        doing: 'read a sample',
        timeoutMs,
        params: [digest.toLowerCase(), schema === '' ? null : schema],
      },
    );
    const [text, most] = rows[0] ?? [];
    if (!text || Buffer.byteLength(text) >= Number(most ?? 1024)) return null;
    return text;
  } catch (error) {
    if (error instanceof Failure && !error.fatal) return null;
    throw error;
  }
}
