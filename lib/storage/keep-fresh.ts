import type { Pool } from 'pg';

type Kept<T> = { at: number; value: Promise<T>; next: Promise<unknown> | null };
/** Of one read with other arguments at most so many answers are kept. */
const most = 500;

/**
 * Shares what a read answered among all who ask: as it is while it is fresh, and as it was while it is read anew. For what
 * many look at every few seconds, changes by the minute and takes long to read.
 * @param ages `freshMs` until it is read anew, `lastsMs` until whoever asks has to wait for that
 */
export function keepFresh<A, T>(
  read: (db: Pool, argument: A) => Promise<T>,
  { freshMs, lastsMs }: { freshMs: number; lastsMs: number },
): (db: Pool, argument: A) => Promise<T> {
  const pools = new WeakMap<Pool, Map<string, Kept<T>>>();
  return (db, argument) => {
    const answers = pools.get(db) ?? new Map<string, Kept<T>>();
    pools.set(db, answers);
    const key = JSON.stringify(argument ?? null);
    const known = answers.get(key);
    const age = known ? Date.now() - known.at : Number.POSITIVE_INFINITY;
    if (known && age < freshMs) return known.value;
    const keep = (value: Promise<T>, at: number) => {
      answers.delete(key);
      answers.set(key, { at, value, next: null });
      const [oldest] = answers.keys();
      if (answers.size > most && oldest !== undefined) answers.delete(oldest);
    };
    const at = Date.now();
    if (known && age < lastsMs) {
      known.next ??= read(db, argument).then(
        (value) => keep(Promise.resolve(value), at),
        () => {
          // Asked again by the next one who looks; too old, they wait and see the error.
          known.next = null;
        },
      );
      return known.value;
    }
    const value = read(db, argument);
    keep(value, at);
    value.catch(() => {
      if (answers.get(key)?.value === value) answers.delete(key);
    });
    return value;
  };
}
