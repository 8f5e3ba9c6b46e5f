import type { Lesson } from './lesson';

/** Indexes: selectivity, column order, covering; and what they cost. */
export const indexLessons: readonly Lesson[] = [
  {
    slug: 'selectivity',
    title: { en: 'Selectivity', ja: '選択性(selectivity)' },
    what: {
      en: 'The share of a table’s rows that a condition leaves. A column with many different values (high cardinality) has conditions that leave few.',
      ja: '条件で残る行の割合です。値の種類が多い列(カーディナリティが高い列)ほど、条件で残る行は少なくなります。',
    },
    why: {
      en: 'An index pays where little is left. For a large share of the table, reading it from start to end is cheaper than jumping from page to page.',
      ja: 'インデックスは残る行が少ないときに効きます。大部分が残るなら、あちこち飛ぶより先頭から全部読むほうが安上がりです。',
    },
    steps: [
      {
        en: 'Know the cardinality of the columns of your main tables (their page here shows it).',
        ja: '主要テーブルの列のカーディナリティを把握します(各テーブルのページに表示)。',
      },
      {
        en: 'Index the conditions that leave less than about a tenth.',
        ja: '残る行がおよそ1割未満になる条件にインデックスを作ります。',
      },
      {
        en: 'For a rare value of a column with few values, a partial index holds only those rows.',
        ja: '値の種類が少ない列の珍しい値には、その行だけを持つ部分インデックスを使います。',
      },
    ],
    bad: `CREATE INDEX ON orders (status);          -- three values: most conditions leave a third`,
    good: `CREATE INDEX ON orders (customer_id);     -- leaves a handful of 100,000\nCREATE INDEX ON orders (created_at) WHERE status = 'returned';`,
  },
  {
    slug: 'column-order',
    title: { en: 'Column order', ja: '列順(複合インデックス)' },
    what: {
      en: 'An index on (a, b) is sorted by a, then by b. It serves conditions on a, or on a and b, but not on b alone.',
      ja: '(a, b) のインデックスは a、次に b の順に並びます。a、または a と b の条件に使えますが、b だけの条件には使えません。',
    },
    why: {
      en: 'Used from its leading column on, one index serves several statements; in the wrong order it serves none. An index whose columns lead another one is superfluous.',
      ja: '先頭の列から順に使われるので、順序が合えば1つで複数の文に使え、合わなければどれにも使えません。別のインデックスの先頭部分と同じものは不要です。',
    },
    steps: [
      {
        en: 'First the columns compared with =, then one column for a range or for ORDER BY.',
        ja: 'まず = で比較する列、その後に範囲または ORDER BY の列を1つ置きます。',
      },
      {
        en: 'What follows a range column only filters.',
        ja: '範囲の列より後ろは絞り込みにしか使われません。',
      },
      {
        en: 'Drop an index that is the leading part of another, unless it is unique.',
        ja: '別のインデックスの先頭部分と同じものは、一意でなければ削除します。',
      },
    ],
    bad: `CREATE INDEX ON orders (created_at, customer_id);\n-- WHERE customer_id = $1 ORDER BY created_at DESC cannot use it`,
    good: `CREATE INDEX ON orders (customer_id, created_at);`,
  },
  {
    slug: 'covering-index',
    title: { en: 'Covering indexes', ja: 'カバリングインデックス' },
    what: {
      en: 'An index that holds every column a statement needs answers it alone: an Index Only Scan never opens the table.',
      ja: '文が必要とする列をすべて持つインデックスは、それだけで答えられます。Index Only Scan ではテーブルを読みません。',
    },
    why: {
      en: 'Each row found costs a jump into the table; a covering index saves them all, as long as VACUUM keeps the visibility map current.',
      ja: '見つけた行ごとにテーブルへのアクセスが発生します。カバリングなら、VACUUM が可視性マップを保つ限りすべて省けます。',
    },
    steps: [
      {
        en: 'Name the columns you need; SELECT * cannot be covered.',
        ja: '必要な列を指定します。SELECT * はカバーできません。',
      },
      {
        en: 'Add a few narrow columns with INCLUDE, not wide texts.',
        ja: '幅の狭い列を少しだけ INCLUDE に加え、長い文字列は避けます。',
      },
      {
        en: 'See “Heap Fetches” in EXPLAIN (ANALYZE): many of them mean that VACUUM is late.',
        ja: 'EXPLAIN (ANALYZE) の Heap Fetches が多ければ VACUUM が遅れています。',
      },
    ],
    good: `CREATE INDEX ON orders (customer_id, created_at) INCLUDE (status, total_cents);`,
  },
  {
    slug: 'unused-indexes',
    title: { en: 'Indexes nobody uses', ja: '使われないインデックス' },
    what: {
      en: 'An index that no statement scans, on the primary or on any standby, one that exists twice, or one whose making failed.',
      ja: 'プライマリでもスタンバイでもスキャンされない、同じものが2つある、または作成に失敗したインデックスです。',
    },
    why: {
      en: 'Each insert, delete and most updates write every index of the table; it takes disk, memory, WAL, backup and vacuum time, and stands in the way of HOT updates.',
      ja: 'INSERT、DELETE、多くの UPDATE は表のすべてのインデックスに書き込みます。ディスク、メモリ、WAL、バックアップ、VACUUM を消費し、HOT 更新も妨げます。',
    },
    steps: [
      {
        en: 'Look at long enough a time, on all replicas too: a report at the end of a quarter counts.',
        ja: '十分に長い期間、全レプリカで確認します。四半期末の集計も考慮します。',
      },
      { en: 'Never drop what enforces a constraint.', ja: '制約を支えるものは削除しません。' },
      {
        en: 'Keep its definition, then drop it without blocking.',
        ja: '定義を控えてから、ブロックせずに削除します。',
      },
    ],
    good: `DROP INDEX CONCURRENTLY shop.orders_by_date;\nREINDEX INDEX CONCURRENTLY shop.orders_invalid;`,
  },
  {
    slug: 'foreign-key-indexes',
    title: { en: 'Foreign keys without an index', ja: 'インデックスのない外部キー' },
    what: {
      en: 'PostgreSQL indexes the referenced side of a foreign key, not the referencing one.',
      ja: 'PostgreSQL は外部キーの参照先にはインデックスを持ちますが、参照元には自動で作りません。',
    },
    why: {
      en: 'Each DELETE or key UPDATE of a parent row reads the whole child table, holding its locks meanwhile.',
      ja: '親の行を DELETE またはキー更新するたびに、子テーブル全体をロックを持ったまま読みます。',
    },
    steps: [
      {
        en: 'Index the referencing columns (any order, as leading columns).',
        ja: '参照元の列を先頭に持つインデックスを作ります(順序は問いません)。',
      },
      {
        en: 'Leave it out where the parent never changes and nobody joins from it.',
        ja: '親が変更されず結合もされないなら不要です。',
      },
    ],
    good: `CREATE INDEX CONCURRENTLY ON order_item (product_id);`,
  },
  {
    slug: 'bloat',
    title: { en: 'Bloat', ja: '肥大化(bloat)' },
    what: {
      en: 'Space inside tables and indexes that once held rows and is not used again.',
      ja: 'かつて行があり、再利用されていない、表やインデックスの中の空き領域です。',
    },
    why: {
      en: 'Scans read it and memory caches it. Here it is estimated from page counts and column widths; it is not measured.',
      ja: 'スキャンで読まれ、キャッシュも占有します。ここでの値はページ数と列の幅からの推定で、実測ではありません。',
    },
    steps: [
      {
        en: 'Find what holds vacuum back first, or it will come again.',
        ja: '先に VACUUM を妨げる原因を取り除きます。そうしないと再発します。',
      },
      {
        en: 'Rebuild the index without blocking.',
        ja: 'ブロックせずにインデックスを作り直します。',
      },
    ],
    good: `REINDEX INDEX CONCURRENTLY shop.orders_pkey;`,
  },
];
