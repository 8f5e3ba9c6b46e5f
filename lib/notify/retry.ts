/** When a message is tried again, and when it is given up. Pure. */

export type Answer =
  | { kind: 'status'; status: number; retryAfter: string | null; text: string }
  /** No answer: it may or may not have been accepted when the body was sent. */
  | { kind: 'failed'; reason: string; ambiguous: boolean };

export type Verdict =
  | { kind: 'sent' }
  /** `counted` is false for 429: waiting for one's turn is not a failure. */
  | { kind: 'later'; waitMs: number; counted: boolean }
  /** The content was refused: once more as plain text, then never. */
  | { kind: 'plain' }
  | { kind: 'dead'; channelBroken: boolean };

const waits = [5, 15, 45, 120, 300, 600].map((s) => s * 1000);
const longestWaitMs = 15 * 60_000;
/** After this a message is dead: it waits for a person. */
export const giveUpMs = 24 * 3_600_000;

/** What to do after an answer. @param attempts failed before this one @param random from 0 to 1, for the jitter of ± 20 % */
export function judge(
  answer: Answer,
  state: { attempts: number; plain: boolean; ageMs: number },
  random: number,
): Verdict {
  if (answer.kind === 'status') {
    const { status } = answer;
    if (status >= 200 && status < 300) return { kind: 'sent' };
    if (status === 429 && state.ageMs < giveUpMs)
      return { kind: 'later', waitMs: retryAfterMs(answer.retryAfter), counted: false };
    if ([401, 403, 404, 410].includes(status)) return { kind: 'dead', channelBroken: true };
    if (status < 500 && status !== 408 && status !== 425 && status !== 429)
      return state.plain || status !== 400
        ? { kind: 'dead', channelBroken: status >= 300 && status < 400 }
        : { kind: 'plain' };
  }
  if (state.ageMs >= giveUpMs) return { kind: 'dead', channelBroken: true };
  const waitMs = (waits[state.attempts] ?? longestWaitMs) * (0.8 + 0.4 * random);
  return { kind: 'later', waitMs, counted: true };
}

/** Seconds, or a date, as HTTP allows; from 1 s to 5 min, and 30 s for what is neither. */
export function retryAfterMs(text: string | null, now = Date.now()): number {
  const seconds = /^\d{1,9}$/.test(text ?? '')
    ? Number(text)
    : (Date.parse(text ?? '') - now) / 1000;
  if (Number.isNaN(seconds)) return 30_000;
  return Math.min(Math.max(seconds, 1), 300) * 1000;
}
