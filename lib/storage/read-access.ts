import type { AuditBody, MeBody, TokenBody, UserBody } from '@/lib/contract';
import type { Db } from './partitions';

const ms = (at: Date | null) => at?.getTime() ?? null;

export async function readTokens(db: Db, id?: number): Promise<TokenBody[]> {
  const { rows } = await db.query(
    `select id, name, role, created_by, created_at, last_used, expires_at, revoked_at from api_token
     where $1::int is null or id = $1 order by id`,
    [id ?? null],
  );
  return rows.map((row) => ({
    id: String(row.id),
    name: row.name,
    role: row.role,
    created_by: row.created_by,
    created_at: row.created_at.getTime(),
    last_used: ms(row.last_used),
    expires_at: ms(row.expires_at),
    revoked_at: ms(row.revoked_at),
  }));
}

export async function readUsers(db: Db, id?: number): Promise<UserBody[]> {
  const { rows } = await db.query(
    `select id, email, name, role, disabled_at is not null as disabled, password_hash is not null as password_set, created_at
     from user_account where $1::int is null or id = $1 order by id`,
    [id ?? null],
  );
  return rows.map((row) => ({
    id: String(row.id),
    email: row.email,
    name: row.name,
    role: row.role,
    disabled: row.disabled,
    password_set: row.password_set,
    created_at: row.created_at.getTime(),
  }));
}

export async function readSessions(
  db: Db,
  userId: number,
  current: string | null,
): Promise<MeBody['sessions']> {
  const { rows } = await db.query(
    `select id, created_at, last_seen, ip, user_agent from session
     where user_id = $1 and revoked_at is null and last_seen > now() - interval '30 minutes'
     order by last_seen desc limit 50`,
    [userId],
  );
  return rows.map((row) => ({
    id: row.id,
    current: row.id === current,
    created_at: row.created_at.getTime(),
    last_seen: row.last_seen.getTime(),
    ip: row.ip,
    user_agent: row.user_agent,
  }));
}

export async function readAudit(db: Db, limit: number): Promise<AuditBody> {
  const { rows } = await db.query(
    'select seq, at, actor, ip, action, object, details from audit_entry order by seq desc limit $1',
    [limit],
  );
  return {
    entries: rows.map((row) => ({
      seq: String(row.seq),
      at: row.at.getTime(),
      actor: row.actor,
      ip: row.ip,
      action: row.action,
      object: row.object,
      details: row.details,
    })),
  };
}
