import type { Db } from './partitions';

/** Texts of statements by id; an id that is not known has none. */
export async function statementTexts(
  db: Db,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; text: string }>(
    'select id, text from statement where id = any($1)',
    [ids],
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}
