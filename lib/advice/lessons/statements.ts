import type { Lesson } from './lesson';

/** Anti-patterns in statements. */
export const statementLessons: readonly Lesson[] = [
  {
    slug: 'n-plus-one',
    title: { en: 'N+1 queries', ja: 'N+1 問題' },
    what: {
      en: 'One query gets a list, then one more is sent for each of its rows.',
      ja: '一覧を1回で取得した後、その行ごとにさらに1回ずつ問い合わせる形です。',
    },
    why: {
      en: 'Each query is quick, all of them are not: every one pays a round trip, parsing and planning. With a list twice as long it takes twice as long.',
      ja: '1回は速くても全体は遅くなります。毎回、往復・解析・計画の時間がかかり、一覧が2倍なら時間も2倍です。',
    },
    steps: [
      {
        en: 'Join, or ask for all keys of the list at once.',
        ja: '結合するか、一覧のキーをまとめて問い合わせます。',
      },
      {
        en: 'In an ORM: eager loading (includes, prefetch_related, with, JOIN FETCH).',
        ja: 'ORM では先読みを使います(includes、prefetch_related、with、JOIN FETCH)。',
      },
      {
        en: 'Count queries per request in tests, so that it does not come back.',
        ja: 'テストで1リクエストあたりの問い合わせ数を数え、再発を防ぎます。',
      },
    ],
    bad: `SELECT id FROM orders ORDER BY created_at DESC LIMIT 25;\nSELECT * FROM order_item WHERE order_id = $1;   -- 25 times`,
    good: `SELECT * FROM order_item WHERE order_id = ANY($1);`,
  },
  {
    slug: 'leading-wildcard',
    title: { en: 'LIKE with a leading wildcard', ja: "前方ワイルドカードの LIKE '%word%'" },
    what: {
      en: 'A b-tree is sorted by the beginning of a text. What may begin with anything cannot be looked up in it.',
      ja: 'B-tree は文字列の先頭順に並んでいます。先頭が任意の検索には使えません。',
    },
    why: {
      en: 'The whole table is read and compared row by row, for each search.',
      ja: '検索のたびに表全体を読み、1行ずつ比較します。',
    },
    steps: [
      {
        en: 'For parts of words: pg_trgm with a GIN index, for LIKE and ILIKE alike.',
        ja: '部分一致には pg_trgm の GIN インデックス(LIKE にも ILIKE にも有効)を使います。',
      },
      {
        en: 'For words: full-text search (tsvector, GIN).',
        ja: '単語の検索には全文検索(tsvector、GIN)を使います。',
      },
      {
        en: 'For a prefix: text_pattern_ops and a pattern without a leading wildcard.',
        ja: '前方一致なら text_pattern_ops と、先頭にワイルドカードのないパターンにします。',
      },
    ],
    bad: `SELECT id FROM product WHERE description ILIKE '%kettle%';`,
    good: `CREATE EXTENSION pg_trgm;\nCREATE INDEX CONCURRENTLY ON product USING gin (description gin_trgm_ops);`,
  },
  {
    slug: 'select-star',
    title: { en: 'SELECT *', ja: 'SELECT *' },
    what: {
      en: 'All columns are asked for, whatever is used of them.',
      ja: '使う列に関係なく、すべての列を要求します。',
    },
    why: {
      en: 'Wide columns are read from TOAST, sent and decoded for nothing; no index can cover it; a new column changes the result under the application.',
      ja: '幅の広い列が TOAST から読まれ、無駄に転送・変換されます。カバリングインデックスも使えず、列の追加で結果が変わります。',
    },
    steps: [{ en: 'Name the columns that are used.', ja: '使う列だけを指定します。' }],
    bad: `SELECT * FROM orders WHERE customer_id = $1;`,
    good: `SELECT id, status, total_cents FROM orders WHERE customer_id = $1;`,
  },
  {
    slug: 'many-joins',
    title: { en: 'Many joins', ja: '多すぎる JOIN' },
    what: {
      en: 'Eight tables or more in one statement, or a table that is joined and not used.',
      ja: '1つの文に8個以上の表がある、または結合したのに使わない表がある状態です。',
    },
    why: {
      en: 'Errors of estimates multiply with each join, and beyond join_collapse_limit the planner no longer looks for a better order.',
      ja: '見積もりの誤差は結合ごとに掛け合わされ、join_collapse_limit を超えるとプランナはより良い順序を探しません。',
    },
    steps: [
      {
        en: 'Leave out joins whose columns are not used (generated statements have many).',
        ja: '列を使わない結合を外します(自動生成の文に多くあります)。',
      },
      {
        en: 'Ask in two steps where few rows are left after the first.',
        ja: '最初で行が少なくなるなら2段階に分けます。',
      },
    ],
  },
  {
    slug: 'large-offset',
    title: { en: 'Large OFFSET', ja: '大きな OFFSET' },
    what: {
      en: 'OFFSET n makes and throws away n rows.',
      ja: 'OFFSET n は n 行を作ってから捨てます。',
    },
    why: {
      en: 'Page 1,000 costs a thousand times page 1, and rows shift between pages while somebody writes.',
      ja: '1,000 ページ目は 1 ページ目の千倍かかり、書き込み中はページ間で行がずれます。',
    },
    steps: [
      {
        en: 'Keyset pagination: go on after the last row seen, by an index in that order.',
        ja: 'キーセット方式: 最後に見た行の続きを、その順のインデックスで取得します。',
      },
    ],
    bad: `SELECT … FROM orders ORDER BY created_at, id LIMIT 20 OFFSET 20000;`,
    good: `SELECT … FROM orders WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT 20;`,
  },
  {
    slug: 'in-lists',
    title: { en: 'Long IN lists', ja: '長い IN リスト' },
    what: {
      en: 'Values written into the statement one by one.',
      ja: '値を1つずつ文に書き込む形です。',
    },
    why: {
      en: 'Each length is another statement for the server; statistics, plans and caches are split, and parsing takes time.',
      ja: '長さごとに別の文になり、統計・計画・キャッシュが分散し、解析にも時間がかかります。',
    },
    steps: [
      {
        en: 'One array parameter; for thousands of values a join with unnest or a temporary table.',
        ja: '配列パラメータ1つにします。数千件なら unnest との結合や一時表を使います。',
      },
    ],
    bad: `WHERE id IN ($1, $2, …, $500)`,
    good: `WHERE id = ANY($1)`,
  },
  {
    slug: 'order-by-random',
    title: { en: 'ORDER BY random()', ja: 'ORDER BY random()' },
    what: {
      en: 'Every row gets a random number, all are sorted, a few are taken.',
      ja: '全行に乱数を付けてソートし、数行だけを取ります。',
    },
    why: {
      en: 'It costs a scan and a sort of the whole table.',
      ja: '表全体のスキャンとソートがかかります。',
    },
    steps: [
      {
        en: 'TABLESAMPLE for any rows; a random key and the next row by index for one.',
        ja: '任意の行なら TABLESAMPLE、1行なら乱数キー以降をインデックスで取ります。',
      },
    ],
    bad: `SELECT * FROM product ORDER BY random() LIMIT 5;`,
    good: `SELECT * FROM product TABLESAMPLE SYSTEM_ROWS(5);   -- extension tsm_system_rows`,
  },
  {
    slug: 'missing-where',
    title: { en: 'UPDATE or DELETE without WHERE', ja: 'WHERE のない UPDATE・DELETE' },
    what: { en: 'A change of every row of a table.', ja: '表の全行を変更する文です。' },
    why: {
      en: 'All rows are locked until the end, written again with their indexes and WAL, and replicas fall behind. Often it is a mistake.',
      ja: '終了まで全行がロックされ、インデックスと WAL とともに書き直され、レプリカが遅れます。多くは誤りです。',
    },
    steps: [
      { en: 'Change only what differs.', ja: '値が変わる行だけを更新します。' },
      {
        en: 'In batches of some thousands by key, with a commit after each.',
        ja: 'キーで数千行ずつに分け、その都度コミットします。',
      },
    ],
    bad: `UPDATE product SET price_cents = price_cents * 1.1;`,
    good: `UPDATE product SET price_cents = $1 WHERE id = $2 AND price_cents IS DISTINCT FROM $1;`,
  },
  {
    slug: 'wrapped-columns',
    title: { en: 'Functions and casts around a column', ja: '列に掛けた関数とキャスト' },
    what: {
      en: 'An index holds values of the column, not of a function of it.',
      ja: 'インデックスは列の値を持ち、その関数の値は持ちません。',
    },
    why: {
      en: 'A comparison with lower(email) or created_at::date reads the whole table, although the column is indexed.',
      ja: 'lower(email) や created_at::date との比較は、列にインデックスがあっても表全体を読みます。',
    },
    steps: [
      {
        en: 'Turn the value, not the column; use a range for a day.',
        ja: '列ではなく値のほうを変換し、日付は範囲で指定します。',
      },
      { en: 'Or index the expression itself.', ja: 'または式そのものにインデックスを作ります。' },
      {
        en: 'Mind types: a bigint column compared with numeric is cast row by row.',
        ja: '型に注意します。bigint 列を numeric と比較すると1行ずつ変換されます。',
      },
    ],
    bad: `WHERE created_at::date = $1`,
    good: `WHERE created_at >= $1 AND created_at < $1 + 1`,
  },
];
