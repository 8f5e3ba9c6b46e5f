/** N+1 as advice. Pure. */
import type { AdviceItem } from '@/lib/contract/advice';
import { countText, shareText } from './amounts';
import type { NPlusOne } from './n-plus-one';
import type { HabitStatement } from './statement-habits';

/** Calls per second from which round trips alone are worth a warning. */
const many = 5;
const weighty = 0.01;

/** @param of the statements of the pairs; a pair with an unknown one is left out */
export function loopAdvice(
  pairs: readonly NPlusOne[],
  of: ReadonlyMap<string, Omit<HabitStatement, 'plan' | 'habits'>>,
  instance: string,
  seconds: number,
): AdviceItem[] {
  return pairs.flatMap((pair) => {
    const [parent, child] = [of.get(pair.parent), of.get(pair.child)];
    if (!parent || !child) return [];
    const perSecond = pair.calls / seconds;
    const times = pair.ratio.toFixed(pair.ratio < 10 ? 1 : 0);
    const from = short(parent.text);
    return [
      {
        id: `n_plus_one/${pair.database}/${pair.user}/${pair.parent}/${pair.child}/${instance}`,
        kind: 'n_plus_one' as const,
        severity:
          child.share >= weighty || perSecond >= many ? ('warning' as const) : ('info' as const),
        title: {
          en: `N+1: ${short(child.text)} is called ${times} times for each list`,
          ja: `N+1: 一覧1回につき ${short(child.text)} が ${times} 回呼ばれています`,
        },
        says: {
          en: `It is called once for each row that “${from}” returns, in nearly every interval: a loop in the application that asks row by row. Each call pays a round trip.`,
          ja: `「${from}」が返す行ごとに1回、ほぼすべての区間で呼ばれています。アプリケーションのループが1行ずつ問い合わせており、毎回往復の時間がかかります。`,
        },
        evidence: [
          { label: { en: 'Called from', ja: '呼び出し元の文' }, value: from },
          { label: { en: 'User', ja: 'ユーザー' }, value: pair.user ?? '?' },
          {
            label: { en: 'Calls for one call of it', ja: '元の文1回あたりの呼び出し' },
            value: times,
          },
          {
            label: { en: 'Its rows and the calls move together', ja: '行数と呼び出しの相関' },
            value: `${pair.correlation.toFixed(2)}, ${pair.intervals}`,
          },
          {
            label: { en: 'Calls, by this user here', ja: '呼び出し(このサーバーとユーザー)' },
            value: countText(pair.calls),
          },
          {
            label: { en: 'Share of all time', ja: '全時間に占める割合' },
            value: shareText(child.share),
          },
        ],
        gain: {
          en: `One statement instead of ${countText(pair.ratio)}: join it to the list, or ask for all keys at once (= ANY($1)).`,
          ja: `${countText(pair.ratio)} 回の代わりに1回で済みます。一覧に結合するか、キーをまとめて問い合わせます(= ANY($1))。`,
        },
        cost: null,
        known: 'measured' as const,
        sql: null,
        instance,
        database: pair.database,
        table: null,
        index: null,
        statements: [pair.child, pair.parent],
        lesson: 'n-plus-one',
      },
    ];
  });
}

const short = (text: string) => (text.length > 70 ? `${text.slice(0, 70)}…` : text);
