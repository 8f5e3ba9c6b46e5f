import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as 43 characters. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the store keeps of a token. It has 256 random bits, so one round of SHA-256 is enough. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
