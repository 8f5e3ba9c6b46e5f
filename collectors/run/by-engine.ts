/** What is done for instances of some engines only. */
import type { Pool } from 'pg';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { BeginBeside } from './beside';
import type { JobHandler } from './serve-jobs';

/** Begins for instances of this engine; for others nothing runs. */
export function onlyFor(engines: readonly string[], begin: BeginBeside): BeginBeside {
  return (instance, lease) =>
    engines.includes(instance.engine) ? begin(instance, lease) : { stop: () => Promise.resolve() };
}

/** A job about one instance, done as its engine needs it; refused with a reason where nobody does it. */
export function byEngine(db: Pool, handlers: Record<string, JobHandler>): JobHandler {
  return async (job) => {
    const { instance_id } = job.payload as { instance_id: number };
    const instance = await readWatchedInstance(db, instance_id);
    // Every engine's own handler says what to do about one that is gone.
    const handler = instance ? handlers[instance.engine] : Object.values(handlers)[0];
    if (handler) return handler(job);
    return {
      status: 'refused',
      code: 'engine',
      reason: `Not done for ${instance?.engine} yet.`,
      fix: null,
    };
  };
}
