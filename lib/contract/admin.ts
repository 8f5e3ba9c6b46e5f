import { z } from 'zod';
import { countField, lineField, momentField, roleField, tokenRoleField } from './fields';

export const healthBody = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  version: z.string(),
  store: z.enum(['ok', 'down']),
  collectors: z.array(z.object({ id: z.string(), last_seen_ms: z.number() })),
  /**
   * Why it is not ok. `store_tending`: compaction, rollups or retention fail; `alerts_late`: rules are not evaluated, so that
   * nothing would fire. The collector's log has the message.
   */
  problems: z.array(
    z.object({
      code: z.enum(['no_collector', 'store_tending', 'alerts_late', 'store_down']),
      since_ms: z.number().nullable(),
    }),
  ),
});

export const meBody = z.object({
  name: z.string(),
  email: z.string().nullable(),
  role: roleField,
  kind: z.enum(['user', 'token']),
  sessions: z.array(
    z.object({
      id: z.string(),
      current: z.boolean(),
      created_at: z.number(),
      last_seen: z.number(),
      ip: z.string().nullable(),
      user_agent: z.string().nullable(),
    }),
  ),
});
export type MeBody = z.infer<typeof meBody>;

export const tokenInput = z.strictObject({
  name: lineField(63),
  role: tokenRoleField,
  /** Days until it ends; never when null. */
  expires_days: z.number().int().min(1).max(3650).nullish(),
});
export const tokenBody = z.object({
  id: z.string(),
  name: z.string(),
  role: tokenRoleField,
  created_by: z.string(),
  created_at: z.number(),
  last_used: momentField,
  expires_at: momentField,
  revoked_at: momentField,
});
export type TokenBody = z.infer<typeof tokenBody>;
export const tokensBody = z.object({ tokens: z.array(tokenBody) });
/** The only answer that ever holds the token. */
export const tokenMadeBody = tokenBody.extend({ token: z.string() });

const emailField = z.email('is not an e-mail address').max(254).toLowerCase();
export const userInput = z.strictObject({
  email: emailField,
  name: lineField(100),
  role: roleField,
});
export const userPatch = z
  .strictObject({ name: lineField(100), role: roleField, disabled: z.boolean() })
  .partial();
export const userBody = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleField,
  disabled: z.boolean(),
  password_set: z.boolean(),
  created_at: z.number(),
});
export type UserBody = z.infer<typeof userBody>;
export const usersBody = z.object({ users: z.array(userBody) });
/** The path of a one-time link with which the new user chooses a password. */
export const userMadeBody = userBody.extend({ sign_in_path: z.string() });

export const auditQuery = z.strictObject({ limit: countField(1, 500).default(100) });
export const auditBody = z.object({
  entries: z.array(
    z.object({
      seq: z.string(),
      at: z.number(),
      actor: z.string(),
      ip: z.string().nullable(),
      action: z.string(),
      object: z.string(),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type AuditBody = z.infer<typeof auditBody>;

export const passwordField = z
  .string()
  .min(12, 'is shorter than 12 characters')
  .max(1000, 'is longer than 1,000 characters')
  .refine((text) => text.isWellFormed(), 'is not valid Unicode');
/** What the one-time link's form sends. */
export const firstAccount = z.strictObject({
  token: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not a sign-in link'),
  email: emailField.optional(),
  name: lineField(100).optional(),
  password: passwordField,
});
export const doneBody = z.object({ done: z.literal(true) });
