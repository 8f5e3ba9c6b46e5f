/** Logical replication: what a subscriber has of its publisher. Pure. */
import type { ReplicationFacts } from './facts';
import { type Member, presentFacts } from './find-upstream';

export type SubscriptionVerdict = {
  instance: string;
  name: string;
  /** The instance it takes from; null when nobody watches that. */
  publisher: string | null;
  state: 'streaming' | 'stopped' | 'disconnected';
  /** As the publisher measured; null when idle, and when nobody watches it. */
  lagMs: number | null;
  lagBytes: number | null;
};

/** wal_receiver_status_interval is 10 s by default. */
const silentMs = 30_000;

/** The publisher knows a subscription by its name: its application_name is that unless somebody changed it. */
export function judgeSubscriptions(members: readonly Member[], now: number): SubscriptionVerdict[] {
  return members.flatMap((member) =>
    (presentFacts(member, now)?.subscriptions ?? []).map((one): SubscriptionVerdict => {
      const found = members.flatMap((other) => {
        const facts = other === member ? null : presentFacts(other, now);
        const sender = facts?.senders.find(
          ({ kind, name }) => kind === 'logical' && name === one.name,
        );
        return facts && sender ? [{ instance: other.instance, facts, sender }] : [];
      });
      const from = found.length === 1 ? found[0] : undefined;
      const silent = one.heardMs === null || one.heardMs > silentMs;
      return {
        ...{ instance: member.instance, name: one.name, publisher: from?.instance ?? null },
        state: one.running ? (silent ? 'disconnected' : 'streaming') : 'stopped',
        lagMs: from === undefined ? null : lagOf(from.facts, from.sender),
        lagBytes: from === undefined ? null : bytesOf(from.facts, from.sender),
      };
    }),
  );
}

type Sender = ReplicationFacts['senders'][number];

const bytesOf = ({ position }: ReplicationFacts, { replayed }: Sender) =>
  position.log === null || replayed === null ? null : Math.max(0, position.log - replayed);

/** Nothing is missing, or as long as the sender measured. */
function lagOf(facts: ReplicationFacts, sender: Sender): number | null {
  return bytesOf(facts, sender) === 0 ? 0 : sender.replayLagMs;
}
