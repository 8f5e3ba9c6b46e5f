import { pool } from '@/lib/storage/pool';

export type AuditInput = {
  actor: string;
  ip?: string | null;
  action: string;
  object: string;
  details?: Record<string, unknown>;
};

/** Appends what somebody did. Never give it a secret. */
export async function appendAudit(entry: AuditInput): Promise<void> {
  await pool().query(
    'insert into audit_entry (actor, ip, action, object, details) values ($1, $2, $3, $4, $5)',
    [
      entry.actor.slice(0, 300),
      entry.ip ?? null,
      entry.action,
      entry.object,
      JSON.stringify(entry.details ?? {}),
    ],
  );
}
