'use client';

import { useMemo, useState } from 'react';
import {
  type DraftField,
  explainPasswordNeededAgain,
  type InstanceDraft,
  passwordNeededAgain,
  problemsOf,
  type StoredInstance,
  withEngine,
} from './instance-draft';

/**
 * The form's state: what was typed, and which problems may be shown (a field left, or everything once sent).
 * @param stored the instance being edited, or null for a new one.
 */
export function useInstanceDraft(initial: InstanceDraft, stored: StoredInstance | null) {
  const [draft, setDraft] = useState(initial);
  const [left, setLeft] = useState<ReadonlySet<DraftField>>(new Set());
  const [sent, setSent] = useState(false);
  /** What the server said about a field, until the field changes. */
  const [refused, setRefused] = useState<Partial<Record<DraftField, string>>>({});
  const problems = useMemo(() => problemsOf(draft, stored), [draft, stored]);

  return {
    draft,
    problems,
    refused,
    refuse: setRefused,
    set<F extends DraftField>(field: F, value: InstanceDraft[F]) {
      setDraft((old) => ({ ...old, [field]: value }));
      setRefused(({ [field]: _, ...others }) => others);
    },
    chooseEngine(engine: InstanceDraft['engine']) {
      setDraft((old) => withEngine(old, engine));
      setRefused({});
    },
    leave(field: DraftField) {
      setLeft((old) => new Set(old).add(field));
    },
    /** Shows every problem; true when there is none. */
    send(): boolean {
      setSent(true);
      return Object.keys(problems).length === 0;
    },
    shown(field: DraftField) {
      return sent || left.has(field) ? problems[field] : undefined;
    },
    passwordAgain: stored !== null && passwordNeededAgain(draft, stored),
    explainPasswordAgain: stored !== null && explainPasswordNeededAgain(draft, stored),
  };
}

export type InstanceDraftState = ReturnType<typeof useInstanceDraft>;
