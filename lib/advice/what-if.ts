/** What the planner said about an advised index, told with the advice. Pure. */
import type { AdviceItem } from '@/lib/contract/advice';
import { countText, dayText } from './amounts';
import type { Said } from './view';

export type WhatIfAnswer = {
  /** `unknown`: it could not be asked. */
  status: 'used' | 'unused' | 'unknown';
  /** Of the advice's statements together, in the planner's units; null when it could not be asked. */
  cost_before: number | null;
  cost_after: number | null;
  /** Epoch ms. */
  at: number;
  reason: string | null;
};

/** An index that the planner would not use is not advised, which is said. */
export function withWhatIf(item: AdviceItem, answer: WhatIfAnswer | undefined): Said {
  if (!answer) return { advice: [item], not_said: [] };
  const { status, cost_before: before, cost_after: after } = answer;
  if (status === 'unused')
    return {
      advice: [],
      not_said: [
        {
          ...{ instance: item.instance, database: item.database, fix_sql: null },
          reason: {
            en: `${item.title.en}: so it seemed, but the planner, asked with hypopg, would not use it. It is not advised.`,
            ja: `${item.title.ja}:そう見えましたが、hypopg で確かめたところプランナーは使わないため、推奨しません。`,
          },
        },
      ],
    };
  const evidence = {
    label: { en: 'Asked with hypopg', ja: 'hypopg による確認' },
    value:
      before === null || after === null
        ? (answer.reason ?? '?')
        : `cost ${countText(before)} → ${countText(after)} (${dayText(answer.at)})`,
  };
  const told = { ...item, evidence: [evidence, ...item.evidence] };
  if (before === null || after === null) return { advice: [told], not_said: [] };
  return {
    advice: [
      {
        ...told,
        known: 'hypothetical',
        gain: {
          en: `The planner would use it: asked with a hypothetical index (hypopg), the cost of its statements falls from ${countText(before)} to ${countText(after)}. ${item.gain?.en ?? ''}`.trim(),
          ja: `プランナーはこのインデックスを使います。仮想インデックス(hypopg)では、対象の文のコストが ${countText(before)} から ${countText(after)} に下がります。${item.gain?.ja ?? ''}`,
        },
      },
    ],
    not_said: [],
  };
}
