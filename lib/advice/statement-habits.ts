/** Anti-patterns in how statements are written, where they cost something. Pure. */
import type { FindingBody, PlanNode } from '@/lib/contract';
import type { AdviceItem, AdviceKind } from '@/lib/contract/advice';
import { countText, msText, shareText } from './amounts';
import type { Habits } from './habit';
import { mysqlHabitWords } from './mysql-habit-words';

/** A statement in a window, with how it is written. */
export type HabitStatement = {
  id: string;
  text: string;
  instance: string;
  database: string;
  calls: number;
  total_ms: number;
  rows: number;
  /** Of the time of all statements in the window. */
  share: number;
  plan: PlanNode | null;
  /** What the plan says of a column that the server casts in the way of its index. */
  cast?: FindingBody | null;
  habits: Habits;
  /** Of MySQL or MariaDB. */
  mysql?: boolean;
};

/** A habit of a statement that takes less of the time harms nobody. */
const leastShare = 0.01;
/** Nor does one that is quick. */
const leastMeanMs = 1;
const longList = 50;
const manyRelations = 8;
const wholeTableRows = 1000;
const slowOffsetMs = 20;

type Says = Pick<AdviceItem, 'title' | 'says' | 'gain' | 'cost'> & {
  severity: AdviceItem['severity'];
};
type Pattern = {
  kind: AdviceKind;
  lesson: string;
  of(statement: HabitStatement, mean: number): Says | null;
};

const patterns: readonly Pattern[] = [
  {
    kind: 'leading_wildcard',
    lesson: 'leading-wildcard',
    of({ habits: { wildcard }, plan }) {
      if (!wildcard || (plan && !scans(plan, /~~| like \?/))) return null;
      const { column, sure, ignores_case } = wildcard;
      const why = sure
        ? { en: 'the pattern begins with a wildcard', ja: 'パターンがワイルドカードで始まります' }
        : ignores_case
          ? {
              en: 'ILIKE ignores case, and the pattern may begin with a wildcard',
              ja: 'ILIKE は大文字小文字を区別せず、パターンがワイルドカードで始まる可能性もあります',
            }
          : {
              en: 'the pattern is a parameter that may begin with a wildcard',
              ja: 'パターンはパラメータで、ワイルドカードで始まる可能性があります',
            };
      return {
        severity: 'warning',
        title: {
          en: `LIKE on ${column} reads every row`,
          ja: `${column} への LIKE が全行を読んでいます`,
        },
        says: {
          en: `No ordinary index serves this comparison: ${why.en}. ${plan ? 'The plan tests it row by row.' : 'No plan is known yet.'}`,
          ja: `この比較には通常のインデックスが使えません。${why.ja}。${plan ? '実行計画では1行ずつ判定しています。' : '実行計画はまだありません。'}`,
        },
        gain: {
          en: 'With a trigram index (pg_trgm, GIN) or full-text search only matching rows are read.',
          ja: 'トライグラムインデックス(pg_trgm、GIN)や全文検索なら、一致する行だけを読みます。',
        },
        cost: {
          en: 'A GIN index is large and slows writes on the column.',
          ja: 'GIN インデックスは大きく、その列への書き込みが遅くなります。',
        },
      };
    },
  },
  {
    kind: 'select_star',
    lesson: 'select-star',
    of({ habits, share }) {
      if (!habits.star || share < leastShare * 2) return null;
      return {
        severity: 'info',
        title: { en: 'SELECT * fetches every column', ja: 'SELECT * が全列を取得しています' },
        says: {
          en: 'Columns nobody uses are read, sent and decoded, a covering index is out of reach, and a new column changes what the application gets.',
          ja: '使わない列まで読み込み・転送・変換され、カバリングインデックスが使えず、列の追加で取得内容が変わります。',
        },
        gain: {
          en: 'Less to read and to send; an index with INCLUDE can answer alone.',
          ja: '読み込みと転送が減り、INCLUDE 付きインデックスだけで答えられるようになります。',
        },
        cost: null,
      };
    },
  },
  {
    kind: 'large_offset',
    lesson: 'large-offset',
    of({ habits }, mean) {
      if (!habits.offset || mean < slowOffsetMs) return null;
      return {
        severity: 'info',
        title: {
          en: 'OFFSET reads what it skips',
          ja: 'OFFSET は読み飛ばす行もすべて読みます',
        },
        says: {
          en: `Pages far back read and throw away all rows before them; the mean call takes ${msText(mean)}.`,
          ja: `後ろのページほど、手前の行をすべて読んで捨てます。平均 ${msText(mean)} かかっています。`,
        },
        gain: {
          en: 'Keyset pagination (WHERE key > last seen ORDER BY key LIMIT n) costs the same on every page.',
          ja: 'キーセット方式(WHERE key > 最後の値 ORDER BY key LIMIT n)なら、どのページも同じ時間です。',
        },
        cost: null,
      };
    },
  },
  {
    kind: 'long_in_list',
    lesson: 'in-lists',
    of({ habits }) {
      if ((habits.in_list ?? 0) < longList) return null;
      return {
        severity: 'info',
        title: {
          en: `IN list of ${habits.in_list} values`,
          ja: `${habits.in_list} 個の値を持つ IN リスト`,
        },
        says: {
          en: 'Each length of the list is another statement to parse and plan, and long ones are estimated badly.',
          ja: 'リストの長さごとに別の文として解析・計画され、長いほど見積もりも不正確になります。',
        },
        gain: {
          en: 'One array parameter (= ANY($1)) or a join with unnest($1) is one statement for all lengths.',
          ja: '配列パラメータ(= ANY($1))や unnest($1) との結合なら、長さによらず1つの文になります。',
        },
        cost: null,
      };
    },
  },
  {
    kind: 'order_by_random',
    lesson: 'order-by-random',
    of({ habits }) {
      if (!habits.order_by_random) return null;
      return {
        severity: 'warning',
        title: {
          en: 'ORDER BY random() sorts the whole table',
          ja: 'ORDER BY random() は表全体をソートします',
        },
        says: {
          en: 'All rows are read and sorted to take a few.',
          ja: '数行を取り出すために全行を読み、ソートしています。',
        },
        gain: {
          en: 'TABLESAMPLE, or a random key and the next row by index, reads a few rows.',
          ja: 'TABLESAMPLE や、乱数キー以降の行をインデックスで取る方法なら、数行で済みます。',
        },
        cost: null,
      };
    },
  },
  {
    kind: 'missing_where',
    lesson: 'missing-where',
    of({ habits: { without_where }, rows, calls }) {
      const perCall = rows / Math.max(1, calls);
      if (!without_where || perCall < wholeTableRows) return null;
      const verb = without_where.toUpperCase();
      return {
        severity: 'warning',
        title: {
          en: `${verb} without WHERE changes every row`,
          ja: `WHERE のない ${verb} が全行を変更しています`,
        },
        says: {
          en: `${countText(perCall)} rows a call: all are locked and written again, with their WAL, and replicas have to follow.`,
          ja: `1回あたり ${countText(perCall)} 行。全行をロックして書き直し、WAL が増え、レプリカも追従しなければなりません。`,
        },
        gain: {
          en: 'Change only rows that differ (AND col IS DISTINCT FROM …), in batches; TRUNCATE to empty a table.',
          ja: '変わる行だけを(AND col IS DISTINCT FROM …)分割して更新します。空にするなら TRUNCATE を使います。',
        },
        cost: null,
      };
    },
  },
  {
    kind: 'implicit_cast',
    lesson: 'wrapped-columns',
    of({ habits, plan, cast }) {
      // Written by nobody: the value came with another type, and the server cast the column to it.
      if (cast && habits.wrapped.length === 0)
        return {
          severity: 'warning',
          title: {
            en: 'A cast that nobody wrote keeps an index out',
            ja: '暗黙の型変換でインデックスが使えません',
          },
          says: cast.says,
          gain: {
            en: "Bind the value with the column's own type, or cast the value, not the column.",
            ja: '値を列と同じ型で渡すか、列ではなく値の側を変換します。',
          },
          cost: null,
        };
      const wrapped = habits.wrapped.find(
        ({ column }) => plan === null || scans(plan, new RegExp(`\\b${escaped(column)}\\b`)),
      );
      if (!wrapped) return null;
      return {
        severity: plan ? 'warning' : 'info',
        title: {
          en: `${wrapped.by} around ${wrapped.column} keeps its index out`,
          ja: `${wrapped.column} に ${wrapped.by} を掛けているため、インデックスが使えません`,
        },
        says: {
          en: `An index on ${wrapped.column} holds the column, not ${wrapped.by}. ${plan ? 'The plan reads the whole table.' : 'No plan is known yet.'}`,
          ja: `${wrapped.column} のインデックスは列の値を持ち、${wrapped.by} の結果は持ちません。${plan ? '実行計画では表全体を読んでいます。' : '実行計画はまだありません。'}`,
        },
        gain: {
          en: 'Compare the bare column (a range instead of a cast to date), or index the expression.',
          ja: '列をそのまま比較する(日付への変換の代わりに範囲で)か、式インデックスを作ります。',
        },
        cost: null,
      };
    },
  },
  {
    kind: 'many_joins',
    lesson: 'many-joins',
    of({ habits }, mean) {
      if (habits.relations < manyRelations || mean < 10) return null;
      return {
        severity: 'info',
        title: {
          en: `${habits.relations} tables in one statement`,
          ja: `1つの文に ${habits.relations} 個の表`,
        },
        says: {
          en: 'Beyond join_collapse_limit (8) the planner keeps the order as written, and each estimate multiplies the error of those before.',
          ja: 'join_collapse_limit(8)を超えると結合順は書いた順になり、見積もりの誤差が掛け合わされます。',
        },
        gain: {
          en: 'Leave out tables whose columns are not used; check the estimates in the plan.',
          ja: '列を使わない表を外し、実行計画の見積もりを確認します。',
        },
        cost: null,
      };
    },
  },
];

/** Advice about statements that are worth it: at least 1 % of the time, or slow. */
export function statementHabits(statements: readonly HabitStatement[]): AdviceItem[] {
  return statements.flatMap((statement) => {
    const mean = statement.calls > 0 ? statement.total_ms / statement.calls : 0;
    if (statement.share < leastShare || mean < leastMeanMs) {
      if (statement.habits.without_where === null) return [];
    }
    return patterns.flatMap(({ kind, lesson, of }) => {
      const says = of(statement, mean);
      if (!says) return [];
      return [
        {
          id: `${kind}/${statement.database}/${statement.id}`,
          kind,
          ...says,
          ...(statement.mysql && mysqlHabitWords[kind]),
          evidence: measured(statement, mean),
          known: 'measured' as const,
          sql: null,
          instance: statement.instance,
          database: statement.database,
          table: null,
          index: null,
          statements: [statement.id],
          lesson,
        },
      ];
    });
  });
}

/** What the window says of a statement, for any advice about it. */
export const measured = (
  { calls, total_ms, share }: Pick<HabitStatement, 'calls' | 'total_ms' | 'share'>,
  mean: number = total_ms / Math.max(1, calls),
): AdviceItem['evidence'] => [
  { label: { en: 'Share of all time', ja: '全時間に占める割合' }, value: shareText(share) },
  { label: { en: 'Calls', ja: '呼び出し' }, value: countText(calls) },
  { label: { en: 'Mean', ja: '平均' }, value: msText(mean) },
];

const escaped = (name: string) => name.replace(/[^\w]/g, '\\$&');

/** Whether a plan reads a whole table and tests this row by row. */
function scans(node: PlanNode, filter: RegExp): boolean {
  const own = node.details.find(({ name }) => name === 'Filter')?.value ?? '';
  return (
    (/(Seq Scan|^Table scan|[Ii]ndex scan)$/.test(node.type) && filter.test(own)) ||
    node.children.some((child) => scans(child, filter))
  );
}
