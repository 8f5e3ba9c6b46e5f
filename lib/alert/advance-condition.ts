import { type Condition, isRecovered, levelOf } from './rule';
import type { AlertState, Context, Input, Reason } from './transition';

type Reading = Extract<Input, { kind: 'sample' | 'gone' }>;

/** Moves the condition by one reading, in place; the reason when something changed. A reading seen before changes nothing. */
export function advanceCondition(
  condition: Condition,
  state: AlertState,
  reading: Reading,
  { now, everyMs }: Context,
): Reason | null {
  if (state.dataAt !== null && reading.at <= state.dataAt) return null;
  const passedMs = state.dataAt === null ? 0 : Math.min(reading.at - state.dataAt, 2 * everyMs);
  state.dataAt = reading.at;
  if (reading.kind === 'gone') return absent(condition, state, passedMs, everyMs, now);
  state.value = reading.value;
  const level = levelOf(condition, reading.value);
  switch (state.phase) {
    case 'ok':
    case 'resolved':
      if (level === null) return null;
      enter(state, 'pending', now);
      state.level = level;
      if (condition.forMs === 0) fire(state, now);
      return 'threshold';
    case 'pending':
      if (level === null) {
        enter(state, state.resolvedAt === null ? 'ok' : 'resolved', now);
        state.level = null;
        return 'recovered';
      }
      state.level = level;
      state.heldMs += passedMs;
      if (state.heldMs < condition.forMs) return null;
      fire(state, now);
      return 'threshold';
    case 'firing':
      keepPeak(condition, state);
      if (isRecovered(condition, reading.value)) return recover(condition, state, now);
      if (level === null || level === state.level) return null;
      state.level = level;
      return 'threshold';
    case 'recovering':
      keepPeak(condition, state);
      if (!isRecovered(condition, reading.value)) {
        enter(state, 'firing', now);
        if (level !== null) state.level = level;
        return 'threshold';
      }
      state.heldMs += passedMs;
      if (state.heldMs < condition.keepFiringMs) return null;
      resolve(state, now);
      return 'recovered';
  }
}

/** The row is no longer reported: it is closed as that after two intervals and the time to keep firing, never as recovered. */
function absent(
  condition: Condition,
  state: AlertState,
  passedMs: number,
  everyMs: number,
  now: number,
): Reason | null {
  if (state.phase === 'ok' || state.phase === 'resolved') return null;
  if (state.phase === 'pending') {
    enter(state, state.resolvedAt === null ? 'ok' : 'resolved', now);
    state.level = null;
    return 'not_reported';
  }
  if (state.phase === 'firing') {
    enter(state, 'recovering', now);
    return 'not_reported';
  }
  state.heldMs += passedMs;
  if (state.heldMs < Math.max(condition.keepFiringMs, 2 * everyMs)) return null;
  resolve(state, now);
  return 'not_reported';
}

function recover(condition: Condition, state: AlertState, now: number): Reason {
  if (condition.keepFiringMs === 0) resolve(state, now);
  else enter(state, 'recovering', now);
  return 'recovered';
}

function fire(state: AlertState, now: number) {
  enter(state, 'firing', now);
  state.firedAt = now;
  state.resolvedAt = null;
  state.peak = state.value;
  state.ackedUntil = null;
}

function resolve(state: AlertState, now: number) {
  enter(state, 'resolved', now);
  state.level = null;
  state.resolvedAt = now;
  state.ackedUntil = null;
}

function enter(state: AlertState, phase: AlertState['phase'], now: number) {
  state.phase = phase;
  state.since = now;
  state.heldMs = 0;
}

function keepPeak({ direction }: Condition, state: AlertState) {
  if (state.value === null) return;
  const worse = direction === 'above' ? Math.max : Math.min;
  state.peak = state.peak === null ? state.value : worse(state.peak, state.value);
}
