import type { JobHandler } from '@/collectors/run/serve-jobs';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { ExplainOptions } from './explainer';
import { keepPlan } from './keep-plan';
import { refused } from './refusal';

type Payload = { instance_id: number; statement_id: string; fresh?: boolean };

const perMinute = 10;

/** Explains a statement because somebody asks, at most ten times a minute for an instance. */
export function explainJob(options: ExplainOptions): JobHandler {
  const recent = new Map<number, number[]>();
  return async ({ payload }) => {
    const { instance_id, statement_id, fresh } = payload as Payload;
    const instance = await readWatchedInstance(options.db, instance_id);
    if (!instance) return refused('gone', 'The instance is no longer watched.');
    if (!instance.explainEnabled)
      return refused(
        'switched_off',
        'EXPLAIN is switched off for this instance.',
        'Switch it on in the settings of the instance.',
      );
    const now = Date.now();
    const times = (recent.get(instance_id) ?? []).filter((at) => at > now - 60_000);
    if (times.length >= perMinute)
      return refused(
        'rate',
        'Ten plans a minute are the limit for an instance. Try again in a minute.',
      );
    recent.set(instance_id, [...times, now]);
    return keepPlan(options, instance, statement_id, fresh === true);
  };
}
