/** From the text a database sends to typed rows; what is missing or of another type is an error that names metric and column. Pure. */
import { labelColumns, type Metric, valueColumns } from './define-metric';

/** A result as the wire carries it: every value is text or null. */
export type RawResult = { columns: readonly string[]; rows: readonly (string | null)[][] };

export type TypedRow = {
  labels: Record<string, string>;
  /** By stored column, in the order of the definition. Flags are 1 or 0; null is unknown. */
  values: (number | null)[];
  /** The source's own reset time as text, when the metric names such a column. */
  resetAt: string | null;
};

/** A result that does not have the definition's shape. */
export class RowError extends Error {
  override name = 'RowError';
}

const maxLabelLength = 200;

/**
 * Numbers above 2^53 lose their last digits (below one part in 10^15): fine for sums and sizes. Ids are labels and stay text.
 * @throws RowError when a column is missing, a value is not of its kind, two rows have equal labels or there are too many rows.
 */
export function typedRows(metric: Metric, result: RawResult): TypedRow[] {
  if (result.rows.length > metric.maxRows)
    throw new RowError(
      `${metric.id}: ${result.rows.length} rows, at most ${metric.maxRows} are kept`,
    );
  const place = (column: string): number => {
    const index = result.columns.indexOf(column);
    if (index < 0) throw new RowError(`${metric.id}: the result has no column "${column}"`);
    return index;
  };
  const labels = labelColumns(metric).map((name) => ({ name, index: place(name) }));
  const values = valueColumns(metric).map((name) => ({
    name,
    index: place(name),
    flag: metric.columns[name]?.kind === 'flag',
  }));
  const reset = metric.resetAt === undefined ? -1 : place(metric.resetAt);
  const seen = new Set<string>();
  return result.rows.map((row) => {
    const named: Record<string, string> = {};
    for (const { name, index } of labels) named[name] = (row[index] ?? '').slice(0, maxLabelLength);
    const key = rowKey(named);
    if (seen.has(key))
      throw new RowError(`${metric.id}: two rows have the same labels ${key.slice(0, 200)}`);
    seen.add(key);
    return {
      labels: named,
      values: values.map(({ name, index, flag }) =>
        flag
          ? flagOf(metric.id, name, row[index] ?? null)
          : numberOf(metric.id, name, row[index] ?? null),
      ),
      resetAt: reset < 0 ? null : (row[reset] ?? null),
    };
  });
}

/** Text that is the same for rows of the same identity. */
export function rowKey(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `t`/`f` as PostgreSQL sends them, `1`/`0` and `true`/`false` as others do; Boolean('f') would be true. */
function flagOf(metric: string, column: string, text: string | null): number | null {
  if (text === null) return null;
  if (text === 't' || text === 'true' || text === '1') return 1;
  if (text === 'f' || text === 'false' || text === '0') return 0;
  throw new RowError(`${metric}: column "${column}" is not true or false: "${text.slice(0, 40)}"`);
}

/** Empty text is an error here; Number('') would be 0. NaN and infinities are unknown. */
function numberOf(metric: string, column: string, text: string | null): number | null {
  if (text === null || text === 'NaN' || text === 'Infinity' || text === '-Infinity') return null;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value))
    throw new RowError(`${metric}: column "${column}" is not a number: "${text.slice(0, 40)}"`);
  return value;
}
