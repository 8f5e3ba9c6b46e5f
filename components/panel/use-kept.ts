import { useEffect, useRef } from 'react';

/**
 * The newest of a list of answers, each standing in for its successor until that is there: a window that moves on must not
 * blank a panel. Answers of another `subject` are not kept.
 */
export function useKept<T>(
  answers: readonly (T | undefined)[],
  subject: string,
): (T | undefined)[] {
  const last = useRef<{ subject: string; answers: (T | undefined)[] }>({ subject, answers: [] });
  const before = last.current.subject === subject ? last.current.answers : [];
  const kept = answers.map((answer, index) => answer ?? before[index]);
  useEffect(() => {
    last.current = { subject, answers: kept };
  });
  return kept;
}
