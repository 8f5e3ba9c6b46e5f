/**
 * One answer for all who ask within `ms` after it was read, and one question at a time: who asks meanwhile waits for that.
 * An error is for those who waited for it; the next to ask reads again.
 */
export function shareFor<A, R>(
  ms: number,
  read: (given: A) => Promise<R>,
): (given: A) => Promise<R> {
  /** `at` is null while it is being read. */
  let last: { at: number | null; answer: Promise<R> } | null = null;
  return (given) => {
    const age = last?.at == null ? 0 : Date.now() - last.at;
    // A clock that was set back makes nothing fresh for ever.
    if (last && age >= 0 && age < ms) return last.answer;
    const made: NonNullable<typeof last> = { at: null, answer: read(given) };
    last = made;
    made.answer.then(
      () => {
        made.at = Date.now();
      },
      () => {
        if (last === made) last = null;
      },
    );
    return made.answer;
  };
}
