/** Plays a rule's life from a short script, for tests. Pure. */
import type { Condition } from '@/lib/alert/rule';
import {
  type AlertState,
  acknowledge,
  advance,
  close,
  type Input,
  initialState,
  type Suppression,
  type Transition,
} from '@/lib/alert/transition';

const second = 1000;
export const conditions = {
  /** Above 80 and 90, for 20 s; back at 70 for 20 s. */
  above: {
    ...{ direction: 'above', warning: 80, critical: 90, forMs: 20 * second },
    ...{ recovery: 70, keepFiringMs: 20 * second },
  },
  below: {
    ...{ direction: 'below', warning: 20, critical: 10, forMs: 20 * second },
    ...{ recovery: 30, keepFiringMs: 20 * second },
  },
  /** Fires and resolves at once. */
  quick: {
    ...{ direction: 'above', warning: null, critical: 0, forMs: 0 },
    ...{ recovery: null, keepFiringMs: 0 },
  },
  warning: {
    ...{ direction: 'above', warning: 80, critical: null, forMs: 0 },
    ...{ recovery: null, keepFiringMs: 0 },
  },
} satisfies Record<string, Condition>;

/**
 * One evaluation each 10 s. A number is a new reading, `=` the same one again, `-` none, `e` refused, `u` a row without a
 * value, `g` a reading without the row; before it `!` silenced, `~` target down, `m` maintenance. `+60` lets 60 s pass with
 * nobody looking, `ack` acknowledges for 600 s, `edit`, `delete`, `remove` close.
 */
export function play(condition: Condition, script: string, repeatMs = 0) {
  let now = 1_000_000_000;
  let state: AlertState = initialState(now);
  let last = now;
  const transitions: Transition[] = [];
  const closing = {
    edit: 'rule_edited',
    delete: 'rule_deleted',
    remove: 'target_removed',
  } as const;
  for (const token of script.split(' ').filter(Boolean)) {
    if (token.startsWith('+')) {
      now += Number(token.slice(1)) * second;
      continue;
    }
    now += 10 * second;
    const mark = { '!': 'silence', '~': 'target_down', m: 'maintenance' }[token.charAt(0)];
    const word = mark ? token.slice(1) : token;
    const suppressed = (mark ?? null) as Suppression | null;
    const context = { now, everyMs: 10 * second, suppressed, repeatMs };
    const step =
      word === 'ack'
        ? acknowledge(state, now + 600 * second, now)
        : word in closing
          ? close(condition, state, closing[word as keyof typeof closing], context)
          : advance(condition, state, inputOf(word), context);
    state = step.next;
    transitions.push(...step.transitions);
  }
  return { state, transitions };

  function inputOf(word: string): Input {
    if (word === '-') return { kind: 'none', error: false };
    if (word === 'e') return { kind: 'none', error: true };
    if (word === 'u') return { kind: 'unknown' };
    if (word === 'g') return { kind: 'gone', at: now };
    if (word === '=') return { kind: 'sample', at: last, value: state.value ?? 0 };
    last = now;
    return { kind: 'sample', at: now, value: Number(word) };
  }
}

/** Phase, level and health at the end, then what receivers were told, in order. */
export function outcome(condition: Condition, script: string, repeatMs = 0) {
  const { state, transitions } = play(condition, script, repeatMs);
  const told = transitions.flatMap(({ message, level }) =>
    message === null ? [] : message === 'resolved' ? ['resolved'] : [`${message}:${level}`],
  );
  return [`${state.phase} ${state.level ?? '-'} ${state.health}`, ...told].join(', ');
}
