import { blockingTree } from '@/lib/activity/blocking-tree';
import type { LiveSession } from '@/lib/activity/live-session';
import { notFound } from '@/lib/auth/http-error';
import type { ActivityBody, SessionBody } from '@/lib/contract';
import type { Db } from './partitions';

/** As long as somebody asked within this time, collectors read the sessions more often than they poll. */
const wantedMs = 15_000;

/** The sessions of an instance as they were last seen, and who waits for whom. @throws 404 when it is not watched */
export async function readActivity(db: Db, instance: string): Promise<ActivityBody> {
  const { rows } = await db.query<{
    at: Date | null;
    sessions: LiveSession[] | null;
    error: ActivityBody['unavailable'];
    state: string | null;
    reason: ActivityBody['unavailable'];
    wanted: boolean;
  }>(
    `select a.at, a.sessions, a.error, s.state, s.reason,
            coalesce(a.wanted_until > now() + $2 * interval '0.5 ms', false) as wanted
     from instance i left join activity a on a.instance_id = i.id left join instance_status s on s.instance_id = i.id
     where i.id = $1`,
    [instance, wantedMs],
  );
  const row = rows[0];
  if (!row) throw notFound('instance');
  if (!row.wanted)
    await db.query(
      `insert into activity (instance_id, wanted_until) values ($1, now() + $2 * interval '1 ms')
       on conflict (instance_id) do update set wanted_until = excluded.wanted_until`,
      [instance, wantedMs],
    );
  const sessions = row.sessions ?? [];
  const known = await knownStatements(db, instance, sessions);
  return {
    instance,
    at: row.at?.getTime() ?? null,
    sessions: sessions.map((session) => ({
      ...session,
      // Readings of an older collector do not have it.
      rows_changed: session.rows_changed ?? null,
      statement: session.statement && statementOf(session.statement, known),
    })),
    blocking: blockingTree(sessions).map(({ pid, ...rest }) => ({ blocker: pid, ...rest })),
    unavailable: row.state !== null && row.state !== 'up' ? row.reason : row.error,
  };
}

/** Statements that have a page: by the name the server's statistics give them, else by our fingerprint. */
async function knownStatements(
  db: Db,
  instance: string,
  sessions: LiveSession[],
): Promise<Map<string, { id: string; text: string }>> {
  const statements = sessions.flatMap((one) => one.statement ?? []);
  const { rows } = await db.query<{ name: string; id: string; text: string }>(
    `select k.userid || '/' || k.dbid || '/' || k.queryid || '/t' as name, s.id, s.text
     from statement_key k join statement s on s.id = k.statement_id
     where k.instance_id = $1 and k.toplevel
       and (k.statement_id = any($3) or (k.userid, k.dbid, k.queryid) in (
         select split_part(n, '/', 1), split_part(n, '/', 2), split_part(n, '/', 3) from unnest($2::text[]) n))`,
    [instance, statements.flatMap((one) => one.key ?? []), statements.map((one) => one.id)],
  );
  return new Map(
    rows.flatMap(({ name, id, text }) => [
      [name, { id, text }] as const,
      [id, { id, text }] as const,
    ]),
  );
}

function statementOf(
  seen: NonNullable<LiveSession['statement']>,
  known: Map<string, { id: string; text: string }>,
): SessionBody['statement'] {
  return known.get(seen.key ?? '') ?? known.get(seen.id) ?? { id: null, text: seen.text };
}
