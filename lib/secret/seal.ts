import {
  createCipheriv,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { type PublicKey, rawPublicKey } from './keys';

/** Where a secret is kept. It opens nowhere else: a sealed text copied to another row or column is refused. */
export type SecretPlace = { table: string; row: string; column: string };

/** Authenticated with both layers; the key's id is in it, so that another key version is told apart. */
export function placeBytes(place: SecretPlace, keyId: string): Buffer {
  return Buffer.from(
    JSON.stringify(['yagura-secret-1', place.table, place.row, place.column, keyId]),
  );
}

/** The key that wraps a data key, from both halves of the exchange. */
export function wrappingKey(own: KeyObject, other: KeyObject, ephemeralRaw: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  return Buffer.from(hkdfSync('sha256', shared, ephemeralRaw, 'yagura secret wrap v1', 32));
}

/** nonce (12) + ciphertext + tag (16). */
export function encrypt(key: Buffer, plain: Buffer, bound: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Seals a text for the collector: a random data key encrypts it (AES-256-GCM), an ephemeral X25519 exchange wraps that key.
 * @returns `s1.<key id>.<ephemeral key>.<wrapped data key>.<ciphertext>`, base64url
 */
export function seal(publicKey: PublicKey, plain: string, place: SecretPlace): string {
  const ephemeral = generateKeyPairSync('x25519');
  const ephemeralRaw = rawPublicKey(ephemeral.publicKey);
  const bound = placeBytes(place, publicKey.id);
  const dataKey = randomBytes(32);
  const wrapped = encrypt(
    wrappingKey(ephemeral.privateKey, publicKey.key, ephemeralRaw),
    dataKey,
    bound,
  );
  const sealed = encrypt(dataKey, Buffer.from(plain, 'utf8'), bound);
  return [
    's1',
    publicKey.id,
    ...[ephemeralRaw, wrapped, sealed].map((part) => part.toString('base64url')),
  ].join('.');
}
