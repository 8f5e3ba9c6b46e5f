/** What a thread waits for, in the classes that PostgreSQL's waits have. Pure. */

export type WaitClass = { wait: string; event: string | null };

/** Where the server does not say what its threads wait for, one that executes does either. */
export const cpuOrIo = 'CPU or IO';

/** States that threads have while they wait, whatever is instrumented ("General Thread States", MySQL manual). */
const states: [RegExp, string][] = [
  [/^Waiting for .*\block\b|^Waiting for table flush|^User lock$|^Waiting on user lock/i, 'Lock'],
  [/^(Sending|Receiving|Writing|Reading) (to|from) (client|net)$/i, 'Client'],
  [/^User sleep$/i, 'Timeout'],
  [/^Waiting for semi-?sync /i, 'IPC'],
  [/^Waiting for (preceding|prior|dependent) transaction/i, 'IPC'],
];

/**
 * @param event the innermost wait that has not ended (events_waits_current); undefined where waits are not collected
 * @param rowLock it waits for a lock on a row, which has no event of its own
 */
export function waitClass(
  state: string | null,
  event: string | null | undefined,
  rowLock: boolean,
): WaitClass {
  if (rowLock) return { wait: 'Lock', event: 'row' };
  const named = state === null ? undefined : states.find(([pattern]) => pattern.test(state));
  if (named) return { wait: named[1], event: state };
  if (event === undefined) return { wait: cpuOrIo, event: state };
  if (event === null) return { wait: 'CPU', event: null };
  const name = event.replace(/^wait\//, '');
  if (name.startsWith('io/file/')) return { wait: 'IO', event: name };
  if (name.startsWith('io/socket/')) return { wait: 'Client', event: name };
  if (name.startsWith('synch/')) return { wait: 'LWLock', event: name };
  if (name.startsWith('lock/')) return { wait: 'Lock', event: name };
  // A call of the storage engine that waits for nothing inside of it.
  return { wait: 'CPU', event: null };
}
