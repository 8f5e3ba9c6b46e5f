/** What a rule watches and when it fires. Pure. */

export type Level = 'warning' | 'critical';

/** The part of a rule that decides; a change of it closes its alerts, for they spoke of another condition. */
export type Condition = {
  /** `above` fires when the value is greater than the threshold, `below` when it is less. */
  direction: 'above' | 'below';
  warning: number | null;
  critical: number | null;
  /** How long the condition holds, in data time, before it fires. */
  forMs: number;
  /** The value must be back at this, or better, to recover; null is the lowest threshold itself. */
  recovery: number | null;
  /** How long the value must stay recovered before the alert resolves. */
  keepFiringMs: number;
};

/** The worst level a value reaches, or null. */
export function levelOf(condition: Condition, value: number): Level | null {
  if (breaches(condition.direction, value, condition.critical)) return 'critical';
  return breaches(condition.direction, value, condition.warning) ? 'warning' : null;
}

/** Whether a value is back far enough to be called recovered; between the thresholds nothing changes. */
export function isRecovered(condition: Condition, value: number): boolean {
  if (levelOf(condition, value) !== null) return false;
  if (condition.recovery === null) return true;
  return condition.direction === 'above'
    ? value <= condition.recovery
    : value >= condition.recovery;
}

/** The threshold of a level; a level without its own has the other's. */
export function thresholdOf(condition: Condition, level: Level | null): number | null {
  if (level === 'critical') return condition.critical ?? condition.warning;
  return condition.warning ?? condition.critical;
}

/** Says what is wrong with a condition, by field, or null. */
export function conditionFault(
  condition: Condition,
): { field: keyof Condition; message: string } | null {
  const { direction, warning, critical, recovery } = condition;
  if (warning === null && critical === null)
    return { field: 'warning', message: 'warning or critical must be given' };
  const sign = direction === 'above' ? 1 : -1;
  if (warning !== null && critical !== null && (critical - warning) * sign < 0)
    return { field: 'critical', message: 'is milder than warning' };
  const least = warning ?? critical ?? 0;
  if (recovery !== null && (recovery - least) * sign > 0)
    return { field: 'recovery', message: 'is beyond the threshold: it could never recover' };
  return null;
}

function breaches(direction: Condition['direction'], value: number, threshold: number | null) {
  if (threshold === null) return false;
  return direction === 'above' ? value > threshold : value < threshold;
}
