import type { z } from 'zod';
import { Failure } from '@/collectors/run/failure';
import type { QueryOptions, Session } from './session';

/**
 * Rows of a query that answers one JSON document each, checked.
 * @throws Failure, also when the server answers something else
 */
export async function readJson<T>(
  session: Session,
  sql: string,
  row: z.ZodType<T>,
  options: QueryOptions,
): Promise<T[]> {
  const raw = await session.query(sql, options);
  return raw.rows.map(([text]) => {
    const parsed = row.safeParse(documentOf(text ?? null));
    if (parsed.success) return parsed.data;
    throw new Failure('wrong_shape', `${options.doing}: ${parsed.error.issues[0]?.message}`);
  });
}

function documentOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
