/** The one state machine of alerts: the evaluator and the backtest both go through it. Pure. */
import { advanceCondition } from './advance-condition';
import type { Condition, Level } from './rule';

export type Phase = 'ok' | 'pending' | 'firing' | 'recovering' | 'resolved';
export type Health = 'fresh' | 'late' | 'missing' | 'error';
/** `same_machine`: another instance of the machine tells of it. */
export type Suppression = 'target_down' | 'same_machine' | 'silence' | 'maintenance';
export type Reason =
  | 'threshold'
  | 'recovered'
  | 'not_reported'
  | 'target_removed'
  | 'rule_edited'
  | 'rule_deleted'
  | 'data_health'
  | 'suppressed'
  | 'unsuppressed'
  | 'acknowledged'
  | 'repeat';

/** All that is remembered of one rule on one instance and label set. */
export type AlertState = {
  phase: Phase;
  /** What it fires or would fire as; null in ok and resolved. */
  level: Level | null;
  /** When the phase was entered. */
  since: number;
  /** Data time for which the present phase's timer has run. */
  heldMs: number;
  firedAt: number | null;
  resolvedAt: number | null;
  health: Health;
  healthSince: number;
  /** Time of the newest reading that was looked at. */
  dataAt: number | null;
  value: number | null;
  /** The worst value since it fired. */
  peak: number | null;
  suppressed: Suppression | null;
  ackedUntil: number | null;
  /** What receivers were last told; a message is owed whenever it differs from what is so. */
  told: Level | null;
  toldAt: number | null;
};

/** What is known of the value at an evaluation. */
export type Input =
  | { kind: 'sample'; at: number; value: number }
  /** The row is there and its value is not known. */
  | { kind: 'unknown' }
  /** The metric was read at `at`, and the row was not in it. */
  | { kind: 'gone'; at: number }
  /** There is no reading that can be used; `error` when the server refused. */
  | { kind: 'none'; error: boolean };

export type Context = {
  now: number;
  /** The interval of the metric. */
  everyMs: number;
  suppressed: Suppression | null;
  /** Firing alerts that nobody acknowledged are told again after this; 0 is never. */
  repeatMs: number;
};

export type Message = 'firing' | 'resolved' | 'repeat';

export type Transition = {
  from: Phase;
  to: Phase;
  fromHealth: Health;
  toHealth: Health;
  level: Level | null;
  reason: Reason;
  value: number | null;
  threshold: number | null;
  at: number;
  dataAt: number | null;
  /** What receivers are told because of it. */
  message: Message | null;
};

export type Step = { next: AlertState; transitions: Transition[] };

export function initialState(now: number): AlertState {
  return {
    phase: 'ok',
    level: null,
    since: now,
    heldMs: 0,
    firedAt: null,
    resolvedAt: null,
    health: 'fresh',
    healthSince: now,
    dataAt: null,
    value: null,
    peak: null,
    suppressed: null,
    ackedUntil: null,
    told: null,
    toldAt: null,
  };
}

/**
 * The next state. A reading moves the condition; anything else moves only the health of the data, so that what is not known
 * neither fires, nor resolves, nor starts a timer over. Timers run on the readings' own time: a pause of the evaluator or of
 * the readings adds at most two intervals.
 */
export function advance(
  condition: Condition,
  before: AlertState,
  input: Input,
  context: Context,
): Step {
  const next = { ...before };
  const health = healthOf(before, input, context);
  const reasons: Reason[] = [];
  if (health !== before.health) {
    next.health = health;
    next.healthSince = context.now;
    reasons.push('data_health');
  }
  const moved =
    health === 'fresh' && (input.kind === 'sample' || input.kind === 'gone')
      ? advanceCondition(condition, next, input, context)
      : null;
  if (moved) reasons.push(moved);
  return tell(condition, before, next, reasons, context);
}

/** Closes an alert for a reason outside its value. It is told as such, never as a plain recovery. */
export function close(
  condition: Condition,
  before: AlertState,
  reason: 'rule_edited' | 'rule_deleted' | 'target_removed',
  context: Context,
): Step {
  if (before.phase === 'ok' || before.phase === 'resolved')
    return tell(condition, before, { ...before }, [], context);
  const fired = before.firedAt !== null;
  const next: AlertState = {
    ...before,
    phase: fired ? 'resolved' : 'ok',
    level: null,
    since: context.now,
    heldMs: 0,
    resolvedAt: fired ? context.now : before.resolvedAt,
    ackedUntil: null,
  };
  return tell(condition, before, next, [reason], context);
}

/** A person says they know: repeats stop until then, or until it gets worse. */
export function acknowledge(before: AlertState, until: number, now: number): Step {
  if (before.phase !== 'firing' && before.phase !== 'recovering')
    return { next: before, transitions: [] };
  const next = { ...before, ackedUntil: until };
  return { next, transitions: [record(before, next, 'acknowledged', null, now, null)] };
}

/** Fresh to two intervals and 15 s, late to three intervals and a minute, then missing. */
export function healthOf(before: AlertState, input: Input, context: Context): Health {
  if (input.kind === 'gone') return ageHealth(input.at, context);
  if (input.kind === 'sample') return ageHealth(input.at, context);
  if (input.kind === 'unknown') return 'missing';
  if (input.error) return 'error';
  return before.dataAt === null ? 'missing' : notFresh(ageHealth(before.dataAt, context));
}

function ageHealth(at: number, { now, everyMs }: Context): Health {
  const age = now - at;
  if (age <= 2 * everyMs + 15_000) return 'fresh';
  return age <= Math.max(3 * everyMs + 15_000, 60_000) ? 'late' : 'missing';
}

const notFresh = (health: Health): Health => (health === 'fresh' ? 'late' : health);

const rank = { warning: 1, critical: 2 } as const;
const rankOf = (level: Level | null) => (level === null ? 0 : rank[level]);

/** Decides what receivers are owed, and writes down each change with its reason. */
function tell(
  condition: Condition,
  before: AlertState,
  next: AlertState,
  reasons: Reason[],
  context: Context,
): Step {
  const { now, suppressed, repeatMs } = context;
  next.suppressed = suppressed;
  if (suppressed !== before.suppressed && isOpen(next))
    reasons.push(suppressed === null ? 'unsuppressed' : 'suppressed');
  const current = isOpen(next) ? next.level : null;
  // Fired again while nothing was said: the last message was about an earlier firing.
  const unheard = next.firedAt !== null && next.toldAt !== null && next.firedAt > next.toldAt;
  const muteEnded = before.suppressed === 'silence' || before.suppressed === 'maintenance';
  if (rankOf(current) > rankOf(before.told)) next.ackedUntil = before.told ? null : next.ackedUntil;
  let message: Message | null = null;
  if (suppressed === null) {
    const acked = next.ackedUntil !== null && next.ackedUntil > now;
    if (rankOf(current) > rankOf(before.told)) message = 'firing';
    else if (current !== null && ((muteEnded && !acked) || unheard)) message = 'firing';
    else if (current === null && before.told !== null) message = 'resolved';
    else if (
      current !== null &&
      repeatMs > 0 &&
      !acked &&
      before.toldAt !== null &&
      now - Math.max(before.toldAt, next.ackedUntil ?? 0) >= repeatMs
    )
      message = 'repeat';
  }
  if (message) {
    next.told = current;
    next.toldAt = now;
    if (reasons.length === 0) reasons.push(message === 'repeat' ? 'repeat' : 'unsuppressed');
  } else if (current !== null && before.told !== null && rankOf(current) < rankOf(before.told)) {
    // It got milder: nothing is said, and a later rise is news again.
    next.told = current;
  }
  const transitions = reasons.map((reason, n) =>
    record(before, next, reason, n === reasons.length - 1 ? message : null, now, condition),
  );
  return { next, transitions };
}

function record(
  before: AlertState,
  next: AlertState,
  reason: Reason,
  message: Message | null,
  now: number,
  condition: Condition | null,
): Transition {
  const level = next.level ?? before.level;
  return {
    from: before.phase,
    to: next.phase,
    fromHealth: before.health,
    toHealth: next.health,
    level,
    reason,
    value: next.value,
    threshold: condition
      ? level === 'critical'
        ? (condition.critical ?? condition.warning)
        : (condition.warning ?? condition.critical)
      : null,
    at: now,
    dataAt: next.dataAt,
    message,
  };
}

/** Firing or on its way back: the alert stands. */
export function isOpen(state: { phase: Phase }): boolean {
  return state.phase === 'firing' || state.phase === 'recovering';
}
