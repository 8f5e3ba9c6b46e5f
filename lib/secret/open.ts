import { createDecipheriv } from 'node:crypto';
import { privateKeyOf, publicKeyFromRaw, publicKeyOf } from './keys';
import { placeBytes, type SecretPlace, wrappingKey } from './seal';

/**
 * Opens a sealed text. Only the collector may import this.
 * @throws one sentence without any of the content, when the text was sealed for another key or place, or was altered
 */
export function open(rootKey: string, sealed: string, place: SecretPlace): string {
  const [version, keyId, ...parts] = sealed.split('.');
  if (version !== 's1' || parts.length !== 3)
    throw new Error('The stored secret has an unknown form.');
  const ours = publicKeyOf(rootKey);
  if (keyId !== ours.id)
    throw new Error('The stored secret was sealed for another root key: enter it again.');
  const [ephemeral, wrapped, body] = parts.map((part) => Buffer.from(part, 'base64url')) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const bound = placeBytes(place, ours.id);
  try {
    const wrapping = wrappingKey(privateKeyOf(rootKey), publicKeyFromRaw(ephemeral), ephemeral);
    return decrypt(decrypt(wrapping, wrapped, bound), body, bound).toString('utf8');
  } catch {
    throw new Error('The stored secret was altered or belongs to another row: enter it again.');
  }
}

function decrypt(key: Buffer, box: Buffer, bound: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(bound);
  decipher.setAuthTag(box.subarray(box.length - 16));
  return Buffer.concat([decipher.update(box.subarray(12, box.length - 16)), decipher.final()]);
}
