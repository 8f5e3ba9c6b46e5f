/** What is done for instances of some engines only. */
import type { BeginBeside } from './beside';

/** Begins for instances of this engine; for others nothing runs. */
export function onlyFor(engines: readonly string[], begin: BeginBeside): BeginBeside {
  return (instance, lease) =>
    engines.includes(instance.engine) ? begin(instance, lease) : { stop: () => Promise.resolve() };
}
