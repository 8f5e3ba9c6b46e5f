/** What slots keep on the disk of the server that has them, and until when. Pure. */
import type { ReplicationFacts } from './facts';
import type { Member } from './find-upstream';
import type { ReplicationVerdict } from './replication-verdict';

/** The pace of writing is measured over at most this. */
const paceMs = 5 * 60_000;

export function slotsOf(
  { instance }: Member,
  facts: ReplicationFacts | null,
): ReplicationVerdict['slots'] {
  if (facts === null) return [];
  const pace = bytesPerMs(facts);
  return facts.slots.map((slot) => ({
    ...slot,
    instance,
    lostInMs:
      slot.safeBytes === null || slot.active || pace === null || pace <= 0
        ? null
        : Math.max(0, slot.safeBytes) / pace,
  }));
}

function bytesPerMs({ passed, at }: ReplicationFacts): number | null {
  const first = passed.find(([when]) => at - when <= paceMs);
  const last = passed.at(-1);
  if (!first || !last || last[0] === first[0]) return null;
  return (last[1] - first[1]) / (last[0] - first[0]);
}
