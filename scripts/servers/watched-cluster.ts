/** A cluster under watch without a store: its members are polled by the collector's own poller, and judged. For tests. */

import type { EngineCollector } from '@/collectors/run/engine';
import type { Poller } from '@/collectors/run/poll';
import { createPoller } from '@/collectors/run/poll-instance';
import type { ReplicationFacts } from '@/lib/replication/facts';
import type { Member } from '@/lib/replication/find-upstream';
import { type ReplicationVerdict, replicationVerdict } from '@/lib/replication/replication-verdict';

export type Watched = {
  name: string;
  port: number;
  engine: EngineCollector;
  user: string;
  password: string;
  database: string;
};

export type WatchedCluster = {
  /** Polls all once, now, and judges. */
  look(): Promise<ReplicationVerdict>;
  members(): Member[];
  /** Judges until `settled` holds, polling every `intervalMs`; the last verdict and how many polls it took. */
  until(
    settled: (verdict: ReplicationVerdict) => boolean,
    polls: number,
  ): Promise<{ verdict: ReplicationVerdict; polls: number }>;
  stop(): Promise<void>;
};

export function watchCluster(watched: readonly Watched[], intervalMs: number): WatchedCluster {
  const pollers: { member: Member; poller: Poller }[] = watched.map((one) => {
    const engine = { ...one.engine, metrics: [] };
    return {
      member: {
        ...{ instance: one.name, name: one.name, host: '127.0.0.1', port: one.port },
        ...{ state: 'unknown' as const, role: 'unknown' as const, facts: null },
      },
      poller: createPoller({
        engine,
        watch: engine.watch([]),
        target: async () => ({
          ...{ host: '127.0.0.1', port: one.port, database: one.database, user: one.user },
          ...{ password: one.password, tls: 'off' as const },
        }),
        applicationName: 'yagura/watched',
        deadlineMs: 9_800,
        cores: null,
      }),
    };
  });
  const look = async () => {
    await Promise.all(
      pollers.map(async (one) => {
        const poll = await one.poller.poll({
          ...{ at: Date.now(), startDelayMs: 0, skipped: 0, lostReadings: 0, mayConnect: true },
        });
        const read = poll.replication;
        const facts: ReplicationFacts | null =
          read !== null && 'facts' in read ? read.facts : one.member.facts;
        if (read !== null && 'error' in read) console.error(one.member.name, read.error.message);
        one.member = {
          ...{ ...one.member, state: poll.state, role: poll.server?.role ?? one.member.role },
          // As the store keeps them.
          facts: JSON.parse(JSON.stringify(facts)),
        };
      }),
    );
    return replicationVerdict(
      pollers.map(({ member }) => member),
      Date.now(),
    );
  };
  return {
    look,
    members: () => pollers.map(({ member }) => member),
    async until(settled, polls) {
      for (let count = 1; ; count++) {
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
        const verdict = await look();
        if (settled(verdict) || count >= polls) return { verdict, polls: count };
      }
    },
    async stop() {
      for (const { poller } of pollers) await poller.close();
    },
  };
}
