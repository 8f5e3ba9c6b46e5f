/** Rules on what is derived from several readings: replication of a whole cluster, and objectives of services. Pure. */
import type { ReplicationBody } from '@/lib/contract';
import type { Text, Unit } from '@/lib/metric/define-metric';
import type { BurnRates } from '@/lib/service/objectives';
import { burnPairs } from '@/lib/service/objectives';
import type { Reading } from './evaluate-rules';
import type { Rule } from './rules';

/** Metrics that no definition has: they are known of every instance and have no stored series. */
export const derivedMetrics: readonly string[] = ['instance', 'cluster', 'objective'];
/** Of these an instance that is down is no excuse: they speak of the cluster or of its services. */
export const ofCluster: readonly string[] = ['cluster', 'objective'];

const minute = 60_000;
const rule = (
  id: string,
  column: string,
  given: Partial<Rule> & { says: Text; fix: Text },
): Rule => ({
  ...{ id, metric: id.split('/', 1)[0] ?? '', column, unit: 'count' as Unit, perSecond: false },
  ...{ runbook: null, enabled: true, scope: {}, origin: 'default', direction: 'above' },
  ...{ warning: null, critical: null, forMs: 0, recovery: null, keepFiringMs: minute },
  ...given,
});
const [fast, slow] = burnPairs;

export const derivedRules: readonly Rule[] = [
  rule('cluster/split-brain', 'split_brain', {
    critical: 0,
    says: {
      en: 'Two servers of one cluster take writes: split brain.',
      ja: '1 つのクラスターで 2 台が書き込みを受け付けています(スプリットブレイン)。',
    },
    fix: {
      en: 'Stop writes to one of them before anything else; then compare what each has and the other has not.',
      ja: 'まず一方への書き込みを止め、その後それぞれにしかないデータを比較してください。',
    },
  }),
  rule('cluster/group-smaller', 'members_away', {
    warning: 0,
    forMs: 10_000,
    says: { en: 'The group became smaller.', ja: 'グループのメンバーが減りました。' },
    fix: {
      en: 'A member that is known does not answer the group. One more away may cost the majority.',
      ja: '既知のメンバーがグループに応答していません。さらに 1 台減ると過半数を失う可能性があります。',
    },
  }),
  rule('cluster/no-quorum', 'no_quorum', {
    critical: 0,
    says: { en: 'The group has lost its majority.', ja: 'グループが過半数を失いました。' },
    fix: {
      en: 'It takes no writes. Bring members back, or form the group anew from the one that has most.',
      ja: '書き込みを受け付けません。メンバーを復帰させるか、最も進んだメンバーからグループを作り直してください。',
    },
  }),
  rule('cluster/slot-runs-out', 'slot_lost_in_ms', {
    ...{ direction: 'below', unit: 'ms', warning: 24 * 60 * minute, critical: 60 * minute },
    ...{ forMs: 5 * minute, keepFiringMs: 5 * minute },
    says: {
      en: 'A replication slot will be lost soon.',
      ja: 'レプリケーションスロットがまもなく失われます。',
    },
    fix: {
      en: 'What is kept for it reaches max_slot_wal_keep_size at the pace of the last minutes. Wake up who reads it, or drop it.',
      ja: 'このままでは保持する WAL が max_slot_wal_keep_size に達します。読み手を復旧するか、スロットを削除してください。',
    },
  }),
  rule('objective/fast-burn', 'fast_burn', {
    critical: fast.rate,
    says: {
      en: 'A service spends its error budget very fast (1 h and 5 min).',
      ja: 'サービスがエラーバジェットを急速に消費しています(1 時間・5 分)。',
    },
    fix: {
      en: 'At this rate 2 % of the budget of 30 days is gone in an hour. The verdict says which layer moved first.',
      ja: 'この速さでは 1 時間で 30 日分の 2 % を失います。最初に動いた層は判定に示されます。',
    },
  }),
  rule('objective/slow-burn', 'slow_burn', {
    warning: slow.rate,
    says: {
      en: 'A service spends its error budget too fast (6 h and 30 min).',
      ja: 'サービスがエラーバジェットを速く消費しています(6 時間・30 分)。',
    },
    fix: {
      en: 'At this rate 5 % of the budget of 30 days is gone in six hours.',
      ja: 'この速さでは 6 時間で 30 日分の 5 % を失います。',
    },
  }),
];

type Rows = [labels: Record<string, string>, values: Record<string, number>][];
const readingOf = (at: number, everyMs: number, rows: Rows): Reading => ({
  ...{ at, everyMs },
  rows: new Map(
    rows.map(([labels, values]) => [
      JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
      { labels, values },
    ]),
  ),
});

/**
 * What the verdict on a cluster's replication says of one of its members. What is not known has no value.
 * @param about `allUp`: every member answers, so that nobody who takes writes is unseen; `speaks`: for the groups, always the
 *   same member, so that an alert stays where it is when another one leaves
 */
export function clusterReading(
  replication: Pick<ReplicationBody, 'split_brain_instances' | 'groups' | 'slots'>,
  about: { instance: string; allUp: boolean; speaks: boolean },
  at: number,
  everyMs: number,
): Reading {
  const values: Record<string, number> = {};
  const { instance } = about;
  if (replication.split_brain_instances.includes(instance)) values.split_brain = 1;
  else if (about.allUp) values.split_brain = 0;
  for (const { members, answering, quorum } of about.speaks ? replication.groups : []) {
    if (members !== null && answering !== null)
      values.members_away = Math.max(values.members_away ?? 0, members - answering);
    if (quorum !== null) values.no_quorum = Math.max(values.no_quorum ?? 0, quorum ? 0 : 1);
  }
  const slots = replication.slots.filter((slot) => slot.instance === instance);
  return readingOf(at, everyMs, [
    [{}, values],
    ...slots.map(({ name, lost_in_ms: lost }): Rows[number] => [
      { slot: name },
      lost === null ? {} : { slot_lost_in_ms: lost },
    ]),
  ]);
}

/** Both windows must burn, so the lesser one counts; a window in which nothing was served is not known. */
export function objectiveReading(
  objectives: readonly { service: string; kind: string; id: string | null; burn: BurnRates }[],
  at: number,
  everyMs: number,
): Reading {
  const least = (a: number | null, b: number | null) =>
    a === null || b === null ? null : Math.min(a, b);
  return readingOf(
    at,
    everyMs,
    objectives.map(({ service, kind, id, burn }) => {
      const values: Record<string, number> = {};
      const fastBurn = least(burn[fast.long], burn[fast.short]);
      const slowBurn = least(burn[slow.long], burn[slow.short]);
      if (fastBurn !== null) values.fast_burn = fastBurn;
      if (slowBurn !== null) values.slow_burn = slowBurn;
      return [{ service, objective: id === null ? kind : `${kind} ${id}` }, values];
    }),
  );
}
