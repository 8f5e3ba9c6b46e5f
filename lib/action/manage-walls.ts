import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { HttpError, invalid, notFound } from '@/lib/auth/http-error';
import { randomToken, tokenHash } from '@/lib/auth/random-token';
import type { Caller } from '@/lib/auth/require-user';
import type { WallBody, WallMadeBody, WallPatch, wallInput } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { readWalls } from '@/lib/storage/read-walls';

type Who = { caller: Caller; ip: string | null };
const audit = (who: Who, action: string, id: string | number, details: object = {}) =>
  appendAudit({
    actor: who.caller.actor,
    ip: who.ip,
    action,
    object: `wall ${id}`,
    details: { ...details },
  });

/** More than anybody has screens; each that is open asks all the time. */
const mostWalls = 200;

/**
 * In a link the token stands behind `#`, which browsers do not send: it is in no log of a proxy. A screen without scripts
 * cannot read it there and gets it as a part of the path.
 */
export const wallPaths = (token: string) => ({
  path: `/wall#${token}`,
  plain_path: `/wall/open/${token}`,
});

/** @returns the link, this one time; only the hash of its token is kept */
export async function createWall(
  input: z.output<typeof wallInput>,
  who: Who,
): Promise<WallMadeBody> {
  const { name, expires_days, ...settings } = input;
  await checkClusters(settings.clusters);
  const token = randomToken();
  const { rows } = await pool().query<{ id: number }>(
    `insert into wall (name, hash, settings, created_by, expires_at)
     select $1, $2, $3, $4, now() + $5 * interval '1 day'
     where (select count(*) from wall where revoked_at is null) < $6 returning id`,
    [name, tokenHash(token), JSON.stringify(settings), who.caller.actor, expires_days, mostWalls],
  );
  const id = rows[0]?.id;
  if (id === undefined)
    throw new HttpError(409, 'too_many', `There are ${mostWalls} walls. Revoke one first.`);
  // What strangers may see is worth a line of its own.
  await audit(who, 'wall_create', id, {
    name,
    names: settings.names,
    sql: settings.sql,
    expires_days,
  });
  return { ...(await oneWall(id)), ...wallPaths(token) };
}

/** The link stays; its screens show the change within seconds. */
export async function changeWall(id: number, patch: WallPatch, who: Who): Promise<WallBody> {
  if (patch.clusters) await checkClusters(patch.clusters);
  const { name, ...settings } = patch;
  const { rowCount } = await pool().query(
    `update wall set name = coalesce($2, name), settings = settings || $3 where id = $1 and revoked_at is null`,
    [id, name ?? null, JSON.stringify(settings)],
  );
  if (!rowCount) throw notFound('wall');
  await audit(who, 'wall_change', id, patch);
  return oneWall(id);
}

/** Its screens say so within seconds and show nothing else. */
export async function revokeWall(id: number, who: Who): Promise<void> {
  const { rowCount } = await pool().query(
    'update wall set revoked_at = coalesce(revoked_at, now()) where id = $1',
    [id],
  );
  if (!rowCount) throw notFound('wall');
  await audit(who, 'wall_revoke', id);
}

async function oneWall(id: number): Promise<WallBody> {
  const [wall] = await readWalls(pool(), id);
  if (!wall) throw notFound('wall');
  return wall;
}

async function checkClusters(ids: readonly string[] | null): Promise<void> {
  if (!ids) return;
  const { rows } = await pool().query<{ id: string }>(
    'select id::text from cluster where id = any($1::int[])',
    [ids],
  );
  const known = new Set(rows.map((row) => row.id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw invalid('clusters', `there is no cluster ${missing}`);
}
