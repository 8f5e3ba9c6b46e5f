import { notFound } from './http-error';

/** A statement's fingerprint from the path. @throws 404 for anything else */
export function statementIdOf(text: string | undefined): string {
  if (!/^[0-9a-f]{16}$/.test(text ?? '')) throw notFound('statement');
  return text ?? '';
}
