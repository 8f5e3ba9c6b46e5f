/** The verdict in the words of the API. Pure. */
import type { ReplicationBody } from '@/lib/contract';
import type { Link, ReplicationVerdict } from './replication-verdict';

export function replicationBodyOf(verdict: ReplicationVerdict): ReplicationBody {
  return {
    primary: verdict.primary,
    split_brain: verdict.splitBrain.length > 0,
    split_brain_instances: verdict.splitBrain,
    replicas: verdict.links
      .map((link, place) => ({ link, place: firstPlace(verdict.links, link), own: place }))
      .sort((a, b) => a.place - b.place || rank(b.link) - rank(a.link) || a.own - b.own)
      .map(({ link }) => replicaOf(link)),
    diverged: verdict.diverged,
    candidates: verdict.candidates.map((one) => ({
      ...{ instance: one.instance, lag_bytes: one.lagBytes, loss_ms: one.lossMs },
      ...{ loss_bytes: one.lossBytes, apply_ms: one.applyMs, fit: one.fit, reasons: one.reasons },
    })),
    data_loss: verdict.dataLoss,
    slots: verdict.slots.map((one) => ({
      ...{ instance: one.instance, name: one.name, kind: one.kind, database: one.database },
      ...{ active: one.active, retained_bytes: one.retainedBytes },
      ...{ wal_status: one.walStatus, safe_bytes: one.safeBytes },
      lost_in_ms: one.lostInMs,
    })),
    subscriptions: verdict.subscriptions.map(({ lagMs, lagBytes, ...one }) => ({
      ...one,
      ...{ lag_ms: lagMs, lag_bytes: lagBytes },
    })),
    groups: verdict.groups,
  };
}

/** Replicas stay in the order of the members, the channels of one with the worst first. */
const firstPlace = (links: readonly Link[], link: Link) =>
  links.findIndex(({ instance }) => instance === link.instance);
const order: Link['state'][] = [
  ...(['idle', 'streaming', 'delayed', 'catching_up'] as const),
  ...(['unknown', 'disconnected', 'stopped'] as const),
];
/** One state weighs more than any lag. */
const rank = ({ state, lag }: Link) => order.indexOf(state) * 1e12 + Math.min(lag.ms ?? 0, 1e11);

const replicaOf = (link: Link): ReplicationBody['replicas'][number] => ({
  ...{ instance: link.instance, name: link.name, channel: link.channel, upstream: link.upstream },
  ...{ upstream_address: link.upstreamAddress, state: link.state },
  ...{ lag_ms: link.lag.ms, late_ms: link.lateMs, lag_bytes: link.lag.bytes },
  ...{ shipping_ms: link.lag.shippingMs, applying_ms: link.lag.applyingMs },
  ...{ shipping_bytes: link.lag.shippingBytes, applying_bytes: link.lag.applyingBytes },
  ...{ lag_source: link.lag.source, configured_delay_ms: link.configuredDelayMs },
  ...{ cause: link.cause, error: link.error, staleness: null, sync_state: link.sync },
  at: link.at,
});
