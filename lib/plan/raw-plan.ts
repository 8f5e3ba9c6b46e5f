/** A node as EXPLAIN (FORMAT JSON) names its parts; the text form is read into the same. */
export type RawNode = Record<string, unknown>;

export const record = (value: unknown): RawNode | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawNode) : null;
export const records = (value: unknown): RawNode[] =>
  Array.isArray(value) ? value.filter((one): one is RawNode => record(one) !== null) : [];
export const text = (value: unknown): string | null =>
  typeof value === 'string' ? value.replaceAll('\u0000', '').slice(0, 10_000) : null;
export const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
