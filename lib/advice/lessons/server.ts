import type { Lesson } from './lesson';

/** What goes on inside the server: estimates, memory, locks, vacuum. */
export const serverLessons: readonly Lesson[] = [
  {
    slug: 'estimates',
    title: { en: 'Estimates and statistics', ja: '見積もりと統計情報' },
    what: {
      en: 'The planner chooses by how many rows it expects from each step, from the statistics ANALYZE collects.',
      ja: 'プランナは ANALYZE の統計情報から各段の行数を見積もり、計画を選びます。',
    },
    why: {
      en: 'Where it is off by ten times and more, it takes a nested loop over thousands of rows or a hash for three.',
      ja: '10倍以上ずれると、数千行に Nested Loop を使ったり、数行にハッシュを使ったりします。',
    },
    steps: [
      {
        en: 'ANALYZE after large changes; more detail with SET STATISTICS.',
        ja: '大きな変更の後は ANALYZE。SET STATISTICS で精度を上げます。',
      },
      {
        en: 'Columns that depend on each other (city and postcode): CREATE STATISTICS.',
        ja: '互いに関連する列(市と郵便番号など)には CREATE STATISTICS を使います。',
      },
      {
        en: 'Compare estimated and actual rows in EXPLAIN (ANALYZE), from the innermost step on.',
        ja: 'EXPLAIN (ANALYZE) の見積もりと実際を、最も内側の段から比べます。',
      },
    ],
    good: `CREATE STATISTICS (dependencies, mcv) ON city, region FROM customer;\nANALYZE customer;`,
  },
  {
    slug: 'work-mem',
    title: { en: 'Spilling to disk', ja: 'ディスクへの書き出し(work_mem)' },
    what: {
      en: 'A sort or hash larger than work_mem goes through temporary files.',
      ja: 'work_mem を超えるソートやハッシュは一時ファイルを使います。',
    },
    why: {
      en: 'Disk is far slower than memory, and temporary files compete with everything else on it.',
      ja: 'ディスクはメモリよりはるかに遅く、他の入出力とも競合します。',
    },
    steps: [
      {
        en: 'Sort less: fewer rows, narrower rows, an index in that order.',
        ja: 'ソート量を減らします(行数・列数を絞る、その順のインデックス)。',
      },
      {
        en: 'Give more memory to the role or the session that needs it, not to all.',
        ja: '必要なロールやセッションだけにメモリを増やします。',
      },
      {
        en: 'Count: work_mem × sorts and hashes × parallel workers × sessions.',
        ja: 'work_mem × ソート・ハッシュ数 × 並列ワーカー × セッション数で見積もります。',
      },
    ],
    good: `ALTER ROLE reporting SET work_mem = '64MB';`,
  },
  {
    slug: 'locks',
    title: { en: 'Lock waits', ja: 'ロック待ち' },
    what: {
      en: 'Two transactions want the same row or table; the second waits until the first ends.',
      ja: '2つのトランザクションが同じ行や表を求め、後のものが先のものの終了を待ちます。',
    },
    why: {
      en: 'Waiting sessions hold locks themselves: a queue grows behind the slowest transaction, and connections run out.',
      ja: '待っているセッションもロックを持つため、最も遅いトランザクションの後ろに列ができ、接続が枯渇します。',
    },
    steps: [
      {
        en: 'Find the head of the queue (Activity), not those who wait.',
        ja: '待っている側ではなく、列の先頭を調べます(アクティビティ)。',
      },
      {
        en: 'Short transactions; no calls to other services inside them.',
        ja: 'トランザクションを短くし、その中で他サービスを呼びません。',
      },
      {
        en: 'Lock in the same order everywhere; lock_timeout for schema changes.',
        ja: 'ロックの順序を揃え、スキーマ変更には lock_timeout を設定します。',
      },
    ],
    good: `SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;`,
  },
  {
    slug: 'idle-in-transaction',
    title: { en: 'Idle in transaction', ja: 'トランザクション中の待機(idle in transaction)' },
    what: {
      en: 'A session began a transaction and sends nothing more.',
      ja: 'トランザクションを開いたまま、何も送ってこないセッションです。',
    },
    why: {
      en: 'Its locks stay, and vacuum may not remove rows it could still see.',
      ja: 'ロックが残り、見える可能性のある行を VACUUM が回収できません。',
    },
    steps: [
      {
        en: 'Commit before waiting for people, files or other services.',
        ja: '人やファイルや他サービスを待つ前にコミットします。',
      },
      {
        en: 'Check that error paths end the transaction, and pools reset connections.',
        ja: 'エラー時にもトランザクションを終え、プールが接続を初期化することを確認します。',
      },
      { en: 'A timeout ends what forgets to.', ja: '忘れたものはタイムアウトで終わらせます。' },
    ],
    good: `ALTER ROLE app SET idle_in_transaction_session_timeout = '60s';`,
  },
  {
    slug: 'vacuum',
    title: { en: 'Vacuum, and what holds it back', ja: 'VACUUM とそれを妨げるもの' },
    what: {
      en: 'UPDATE and DELETE leave old versions of rows behind; VACUUM removes those that nobody can see any more.',
      ja: 'UPDATE と DELETE は古い行バージョンを残し、誰にも見えなくなったものを VACUUM が回収します。',
    },
    why: {
      en: 'The oldest transaction, standby query, replication slot or prepared transaction decides what can still be seen. While it lasts, tables grow, and transaction ids run towards their limit.',
      ja: '最古のトランザクション、スタンバイの問い合わせ、レプリケーションスロット、プリペアドトランザクションが「まだ見える範囲」を決めます。その間、表は膨らみ、トランザクション ID は限界に近づきます。',
    },
    steps: [
      {
        en: 'See which kind holds it (panel “Oldest holder”).',
        ja: 'どの種類が妨げているかを確認します(パネル「最古の保持者」)。',
      },
      {
        en: 'End it: the transaction, the report, the slot nobody reads.',
        ja: '原因(トランザクション、集計、読み手のないスロット)を終わらせます。',
      },
      {
        en: 'Run long reports on a standby without hot_standby_feedback, or from a copy.',
        ja: '長い集計は hot_standby_feedback なしのスタンバイやコピーで実行します。',
      },
    ],
  },
];
