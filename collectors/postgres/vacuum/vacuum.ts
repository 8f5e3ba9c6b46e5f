/** How far each table is past the point at which autovacuum should have come, and how near to a forced freeze. */
import { defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

/** A setting as the table has it: its own when it has one, else the server's. */
const own = (name: string) => `coalesce(
        (select option_value::float8 from pg_options_to_table(c.reloptions) where option_name = '${name}'), f.${name})`;

const query = (settings: string, vacuumTrigger: string, unfrozen: string) => `with facts as (
    select current_setting('autovacuum')::boolean as autovacuum, current_setting('autovacuum_freeze_max_age')::float8 as autovacuum_freeze_max_age,
      current_setting('autovacuum_vacuum_threshold')::float8 as autovacuum_vacuum_threshold,
      current_setting('autovacuum_vacuum_scale_factor')::float8 as autovacuum_vacuum_scale_factor,
      current_setting('autovacuum_vacuum_insert_threshold')::float8 as autovacuum_vacuum_insert_threshold,
      current_setting('autovacuum_vacuum_insert_scale_factor')::float8 as autovacuum_vacuum_insert_scale_factor,
      current_setting('autovacuum_analyze_threshold')::float8 as autovacuum_analyze_threshold,
      current_setting('autovacuum_analyze_scale_factor')::float8 as autovacuum_analyze_scale_factor${settings}
  ), t as (
    select format('%I.%I', n.nspname, c.relname) as table_name, greatest(c.reltuples, 0) as rows, ${unfrozen} as unfrozen,
      f.autovacuum and coalesce((select option_value::boolean from pg_options_to_table(c.reloptions) where option_name = 'autovacuum_enabled'), true)
        as autovacuum_on,
      pg_stat_get_dead_tuples(c.oid) as dead_rows, pg_stat_get_ins_since_vacuum(c.oid) as inserted_rows,
      pg_stat_get_mod_since_analyze(c.oid) as changed_rows,
      greatest(age(c.relfrozenxid), age(toast.relfrozenxid)) as freeze_age, mxid_age(c.relminmxid) as multixact_age,
      least(${own('autovacuum_freeze_max_age')}, f.autovacuum_freeze_max_age) as freeze_max_age,
      ${own('autovacuum_vacuum_threshold')} as base, ${own('autovacuum_vacuum_scale_factor')} as scale,
      ${own('autovacuum_vacuum_insert_threshold')} as insert_base, ${own('autovacuum_vacuum_insert_scale_factor')} as insert_scale,
      ${own('autovacuum_analyze_threshold')} as analyze_base, ${own('autovacuum_analyze_scale_factor')} as analyze_scale,
      ${vacuumTrigger} as most,
      pg_stat_get_last_vacuum_time(c.oid) as last_vacuum, pg_stat_get_last_autovacuum_time(c.oid) as last_autovacuum,
      pg_stat_get_last_analyze_time(c.oid) as last_analyze, pg_stat_get_last_autoanalyze_time(c.oid) as last_autoanalyze
    from facts f cross join pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_toast'
    left join pg_class toast on toast.oid = c.reltoastrelid
    -- Autovacuum cannot clean temporary tables of others: of them only the age matters, once it is past the limit.
    where c.relkind in ('r', 'm') and (c.relpersistence <> 't' or age(c.relfrozenxid) > f.autovacuum_freeze_max_age)
  ), triggers as (
    select t.*, least(base + scale * rows, most) as trigger_rows,
      case when insert_base >= 0 then insert_base + insert_scale * rows * unfrozen end as insert_trigger_rows,
      analyze_base + analyze_scale * rows as analyze_trigger_rows
    from t
  ), ratios as (
    select r.*, dead_rows / nullif(trigger_rows, 0) as dead_ratio, inserted_rows / nullif(insert_trigger_rows, 0) as insert_ratio,
      changed_rows / nullif(analyze_trigger_rows, 0) as analyze_ratio, freeze_age / freeze_max_age as freeze_ratio
    from triggers r
  )
  select current_database() as database, table_name as "table", dead_rows, trigger_rows, dead_ratio, inserted_rows, insert_trigger_rows,
    insert_ratio, changed_rows, analyze_trigger_rows, analyze_ratio, freeze_age, freeze_max_age, freeze_ratio, multixact_age, autovacuum_on,
    extract(epoch from clock_timestamp() - last_vacuum) * 1000 as since_vacuum_ms,
    extract(epoch from clock_timestamp() - last_autovacuum) * 1000 as since_autovacuum_ms,
    extract(epoch from clock_timestamp() - last_analyze) * 1000 as since_analyze_ms,
    extract(epoch from clock_timestamp() - last_autoanalyze) * 1000 as since_autoanalyze_ms
  from ratios order by greatest(dead_ratio, insert_ratio, freeze_ratio) desc nulls last, table_name limit 50`;

export const vacuum = defineMetric({
  id: 'postgres.vacuum',
  layer: 'database',
  title: { en: 'Vacuum and freeze', ja: 'VACUUM と凍結' },
  help: {
    en: "Dead and inserted rows of each table against the number at which autovacuum comes to it (the table's own settings included), and the age of its oldest unfrozen row. The 50 tables nearest to or furthest past a limit, those of the system included.",
    ja: 'テーブルごとの不要行・挿入行を、autovacuum が起動する行数(テーブル個別の設定を含む)と比べ、凍結されていない最古の行の古さも示します。限度に近い、または超えた上位 50 テーブル(システムカタログを含む)。',
  },
  source: 'pg_stat_all_tables, pg_class',
  every: '1m',
  timeout: '5s',
  on: 'primary',
  cost: 'medium',
  needs: [],
  queries: [
    { from: 13, sql: query('', 'null::float8', '1') },
    {
      from: 18,
      // A cap on the trigger of large tables (-1: none), and only unfrozen pages count for the insert trigger.
      sql: query(
        `,
      current_setting('autovacuum_vacuum_max_threshold')::float8 as autovacuum_vacuum_max_threshold`,
        `(select m from (select ${own('autovacuum_vacuum_max_threshold')} as m) v where m >= 0)`,
        'case when c.relpages > 0 then 1 - least(c.relallfrozen, c.relpages) / c.relpages::float8 else 1 end',
      ),
    },
  ],
  columns: {
    database: label(),
    table: label(),
    dead_rows: gauge('count', { en: 'Dead rows, estimated', ja: '不要行(推定)' }),
    trigger_rows: gauge('count', {
      en: 'Dead rows at which autovacuum comes',
      ja: 'autovacuum が起動する不要行数',
    }),
    dead_ratio: gauge('ratio', {
      en: 'Dead rows as a share of that trigger; above 1 autovacuum is due',
      ja: '起動行数に対する不要行の割合。1 を超えると autovacuum の対象',
    }),
    inserted_rows: gauge('count', {
      en: 'Rows inserted since the last vacuum',
      ja: '前回の VACUUM 以降に挿入された行',
    }),
    insert_trigger_rows: gauge('count', {
      en: 'Inserted rows at which autovacuum comes; unknown while switched off',
      ja: 'autovacuum が起動する挿入行数。無効の間は不明',
    }),
    insert_ratio: gauge('ratio', {
      en: 'Inserted rows as a share of that trigger',
      ja: '起動行数に対する挿入行の割合',
    }),
    changed_rows: gauge('count', {
      en: 'Rows changed since the last ANALYZE',
      ja: '前回の ANALYZE 以降に変更された行',
    }),
    analyze_trigger_rows: gauge('count', {
      en: 'Changed rows at which autovacuum analyzes',
      ja: '自動 ANALYZE が起動する変更行数',
    }),
    analyze_ratio: gauge('ratio', {
      en: 'Changed rows as a share of that trigger',
      ja: '起動行数に対する変更行の割合',
    }),
    freeze_age: gauge('xids', {
      en: 'Transactions since its oldest unfrozen row (its TOAST included)',
      ja: '凍結されていない最古の行からのトランザクション数(TOAST を含む)',
    }),
    freeze_max_age: gauge('xids', {
      en: 'Age at which autovacuum freezes it by force',
      ja: 'autovacuum が強制的に凍結する古さ',
    }),
    freeze_ratio: gauge('ratio', {
      en: 'Age as a share of that limit',
      ja: 'その限度に対する古さの割合',
    }),
    multixact_age: gauge('xids', {
      en: 'Multixacts since its oldest',
      ja: '最古のマルチトランザクションからの数',
    }),
    autovacuum_on: flag({
      en: 'Autovacuum is on for the table',
      ja: 'テーブルの autovacuum が有効',
    }),
    since_vacuum_ms: gauge('ms', {
      en: 'Time since the last VACUUM by hand; unknown when never',
      ja: '前回の手動 VACUUM からの時間。一度もなければ不明',
    }),
    since_autovacuum_ms: gauge('ms', {
      en: 'Time since the last autovacuum; unknown when never',
      ja: '前回の autovacuum からの時間。一度もなければ不明',
    }),
    since_analyze_ms: gauge('ms', {
      en: 'Time since the last ANALYZE by hand; unknown when never',
      ja: '前回の手動 ANALYZE からの時間。一度もなければ不明',
    }),
    since_autoanalyze_ms: gauge('ms', {
      en: 'Time since the last automatic ANALYZE; unknown when never',
      ja: '前回の自動 ANALYZE からの時間。一度もなければ不明',
    }),
  },
  panels: [
    {
      id: 'dead',
      title: {
        en: 'Dead rows against the autovacuum trigger',
        ja: 'autovacuum 起動行数に対する不要行',
      },
      show: 'line',
      y: ['dead_ratio'],
      by: 'table',
    },
    {
      id: 'dead-rows',
      title: { en: 'Dead rows', ja: '不要行' },
      show: 'stacked',
      y: ['dead_rows'],
      by: 'table',
    },
    {
      id: 'freeze',
      title: { en: 'Age against the forced freeze', ja: '強制凍結に対する古さ' },
      show: 'line',
      y: ['freeze_ratio'],
      by: 'table',
    },
  ],
  alerts: [
    {
      id: 'overdue',
      on: 'dead_ratio',
      above: { warning: 2 },
      for: '30m',
      says: {
        en: 'Dead rows pile up in a table: vacuum does not come or cannot remove them.',
        ja: 'テーブルに不要行が溜まっています。VACUUM が実行されないか、回収できていません。',
      },
      fix: {
        en: 'See what holds the oldest snapshot back, whether autovacuum is on for the table, and whether its workers keep up (autovacuum_max_workers, autovacuum_vacuum_cost_limit); then VACUUM (VERBOSE) it.',
        ja: '最古のスナップショットを保持しているもの、テーブルの autovacuum が有効か、ワーカーが追いついているか(autovacuum_max_workers、autovacuum_vacuum_cost_limit)を確認し、VACUUM (VERBOSE) を実行してください。',
      },
    },
    {
      id: 'freeze-overdue',
      on: 'freeze_ratio',
      above: { warning: 1.5 },
      for: '30m',
      says: {
        en: 'A table is well past the age at which autovacuum must freeze it.',
        ja: 'autovacuum が凍結すべき古さを大きく超えたテーブルがあります。',
      },
      fix: {
        en: 'Remove what holds the oldest snapshot back (old transactions, slots, prepared transactions), then VACUUM (FREEZE, VERBOSE) the table.',
        ja: '最古のスナップショットを保持するもの(古いトランザクション、スロット、プリペアドトランザクション)を取り除き、VACUUM (FREEZE, VERBOSE) を実行してください。',
      },
    },
  ],
});
