/** Stored secrets: sealed with a public key wherever they come in, opened with the root key by the collector alone. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

export type PublicKey = { key: KeyObject; id: string };

type Db = {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
};

const privateHeader = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicHeader = Buffer.from('302a300506032b656e032100', 'hex');
const settingKey = 'secret.public_key';

/** A root key is 43 or more characters; anything shorter can be guessed. */
export function checkRootKey(rootKey: string): string {
  if (rootKey.length < 43)
    throw new Error('YAGURA_SECRET_KEY is too short: it needs 43 or more random characters.');
  return rootKey;
}

/** X25519 private key of a root key (HKDF-SHA-256). */
export function privateKeyOf(rootKey: string): KeyObject {
  const seed = Buffer.from(
    hkdfSync('sha256', checkRootKey(rootKey), '', 'yagura secret x25519 v1', 32),
  );
  return createPrivateKey({
    key: Buffer.concat([privateHeader, seed]),
    format: 'der',
    type: 'pkcs8',
  });
}

export function publicKeyOf(rootKey: string): PublicKey {
  return named(createPublicKey(privateKeyOf(rootKey)));
}

/** The 32 bytes of a public key. */
export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(publicHeader.length);
}

export function publicKeyFromRaw(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicHeader, raw]), format: 'der', type: 'spki' });
}

function named(key: KeyObject): PublicKey {
  const id = createHash('sha256').update(rawPublicKey(key)).digest('base64url').slice(0, 12);
  return { key, id };
}

/**
 * Publishes the root key's public half in the store, for those who seal.
 * @throws when the store's secrets belong to another root key: they could not be opened
 */
export async function publishPublicKey(db: Db, rootKey: string): Promise<PublicKey> {
  const ours = publicKeyOf(rootKey);
  await db.query('insert into setting (key, value) values ($1, $2) on conflict (key) do nothing', [
    settingKey,
    JSON.stringify({ key: rawPublicKey(ours.key).toString('base64'), id: ours.id }),
  ]);
  const published = await readPublicKey(db);
  if (published.id !== ours.id)
    throw new Error(
      'YAGURA_SECRET_KEY is not the key this store was set up with: its secrets could not be opened. Start with the right key.',
    );
  return ours;
}

/** @throws when no collector has ever started on this store */
export async function readPublicKey(db: Db): Promise<PublicKey> {
  const { rows } = await db.query('select value from setting where key = $1', [settingKey]);
  const value = rows[0]?.value as { key: string } | undefined;
  if (!value) throw new Error('No collector has started yet: secrets cannot be sealed.');
  return named(publicKeyFromRaw(Buffer.from(value.key, 'base64')));
}
