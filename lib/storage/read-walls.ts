import { type WallBody, type WallRefusal, wallSettings } from '@/lib/contract';
import type { Db } from './partitions';

type Row = {
  id: number;
  name: string;
  settings: object;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_seen: Date | null;
  addresses: number;
};
const columns = `id, name, settings, created_by, created_at, expires_at, revoked_at, last_seen,
  cardinality(addresses) as addresses`;

const bodyOf = (row: Row): WallBody => ({
  ...wallSettings.parse({ ...row.settings, name: row.name }),
  ...{ id: String(row.id), created_by: row.created_by, created_at: row.created_at.getTime() },
  expires_at: row.expires_at?.getTime() ?? null,
  revoked_at: row.revoked_at?.getTime() ?? null,
  ...{ last_seen: row.last_seen?.getTime() ?? null, addresses: row.addresses },
});

/** Walls, the newest first; one whose link was revoked is listed for a month. */
export async function readWalls(db: Db, id?: number): Promise<WallBody[]> {
  const { rows } = await db.query<Row>(
    `select ${columns} from wall
     where ($1::int is null or id = $1) and (revoked_at is null or revoked_at > now() - interval '30 days')
     order by revoked_at is not null, id desc limit 500`,
    [id ?? null],
  );
  return rows.map(bodyOf);
}

export type FoundWall = { wall: WallBody; refused: WallRefusal | null };

/** The wall of a link by the hash of its token, also when the link has ended: its screen says so. */
export async function findWall(db: Db, hash: string): Promise<FoundWall | null> {
  const { rows } = await db.query<Row & { ended: WallRefusal | null }>(
    `select ${columns}, case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' end as ended
     from wall where hash = $1`,
    [hash],
  );
  const [row] = rows;
  return row ? { wall: bodyOf(row), refused: row.ended } : null;
}

/** Notes that a screen asked, once in half a minute for an address. */
export async function markWallSeen(db: Db, id: number, address: string | null): Promise<void> {
  await db.query(
    `update wall set last_seen = now(),
       addresses = case when $2::text is null or addresses[1] = $2 then addresses
                        else (array_prepend($2, array_remove(addresses, $2)))[1:20] end
     where id = $1 and (last_seen is null or last_seen < now() - interval '30 seconds'
       or not coalesce($2 = any(addresses), true))`,
    [id, address],
  );
}
