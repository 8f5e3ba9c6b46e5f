/** What is said of habits in statements where MySQL and MariaDB have other words or means than PostgreSQL. */
import type { AdviceItem, AdviceKind } from '@/lib/contract/advice';

type Words = Partial<Pick<AdviceItem, 'title' | 'says' | 'gain' | 'cost'>>;

export const mysqlHabitWords: Readonly<Partial<Record<AdviceKind, Words>>> = {
  leading_wildcard: {
    gain: {
      en: 'A FULLTEXT index (MATCH … AGAINST, for Japanese with the ngram parser of MySQL) reads matching rows alone.',
      ja: 'FULLTEXT インデックス(MATCH … AGAINST、日本語では MySQL の ngram パーサ)なら、一致する行だけを読みます。',
    },
    cost: {
      en: 'A FULLTEXT index is large and slows writes on the column.',
      ja: 'FULLTEXT インデックスは大きく、その列への書き込みが遅くなります。',
    },
  },
  select_star: {
    gain: {
      en: 'Less to read and to send; an index that has all the columns can answer alone.',
      ja: '読み込みと転送が減り、必要な列をすべて持つインデックスだけで答えられるようになります。',
    },
  },
  long_in_list: {
    gain: {
      en: 'A join with a temporary table or JSON_TABLE has one form for all lengths.',
      ja: '一時テーブルや JSON_TABLE との結合なら、長さによらず同じ形になります。',
    },
  },
  order_by_random: {
    title: {
      en: 'ORDER BY RAND() sorts the whole table',
      ja: 'ORDER BY RAND() は表全体をソートします',
    },
    gain: {
      en: 'A random key and the next row by index reads a few rows.',
      ja: '乱数キー以降の行をインデックスで取る方法なら、数行で済みます。',
    },
  },
  missing_where: {
    gain: {
      en: 'Change only rows that differ, in batches; TRUNCATE to empty a table.',
      ja: '変わる行だけを分割して更新します。空にするなら TRUNCATE を使います。',
    },
  },
  implicit_cast: {
    gain: {
      en: 'Compare the bare column (a range instead of DATE()), or index the expression: in MySQL directly, in MariaDB as a generated column.',
      ja: '列をそのまま比較する(DATE() の代わりに範囲で)か、式にインデックスを作ります(MySQL は直接、MariaDB は生成列で)。',
    },
  },
  many_joins: {
    says: {
      en: 'Each estimate multiplies the error of those before, and the number of orders to try grows with each table.',
      ja: '見積もりの誤差が結合のたびに掛け合わされ、検討すべき結合順も表が増えるほど増えます。',
    },
  },
};
