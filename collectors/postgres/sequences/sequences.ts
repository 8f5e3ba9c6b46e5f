/** Sequences near their end: the next insert after it fails. */
import { defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

export const sequences = defineMetric({
  id: 'postgres.sequences',
  layer: 'database',
  title: { en: 'Sequences', ja: 'シーケンス' },
  help: {
    en: 'Share of its numbers each sequence of the connected database has used up, the 20 nearest to their end. The end is that of the sequence or of the type of the column that owns it, whichever comes first. Cycling sequences have no end and are left out.',
    ja: '接続先データベースの各シーケンスが使い切った番号の割合。終わりに近い上位 20 件。終わりは、シーケンス自身の上限と、所有する列の型の上限のうち早い方です。循環するシーケンスには終わりがないため除きます。',
  },
  source: 'pg_sequence, pg_sequence_last_value()',
  every: '5m',
  timeout: '5s',
  on: 'primary',
  cost: 'medium',
  needs: [],
  queries: [
    {
      from: 13,
      // The last value is unknown without rights, and absent before the first use: only then nothing is used.
      // Reading it takes a lock: one that another session holds against us (ALTER SEQUENCE) is unknown instead of waited for.
      sql: `with taken as (
    select coalesce(array_agg(relation), '{}') as relations from pg_locks
    where locktype = 'relation' and granted and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
      and database = (select oid from pg_database where datname = current_database())
  ), s as (
    select q.*, format('%I.%I', n.nspname, c.relname) as name, owner.type,
      has_sequence_privilege(q.seqrelid, 'SELECT,USAGE') as readable, q.seqrelid = any(taken.relations) as locked
    from taken cross join pg_sequence q
    join pg_class c on c.oid = q.seqrelid and c.relpersistence <> 't'
    join pg_namespace n on n.oid = c.relnamespace
    left join lateral (
      select a.atttypid as type from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.objid = q.seqrelid and d.objsubid = 0 and d.refclassid = 'pg_class'::regclass
        and d.deptype in ('a', 'i') limit 1) owner on true
    where not q.seqcycle
  ), bounded as (
    select name, readable, seqincrement::numeric as step, readable and not locked as known,
      case when readable and not locked then pg_sequence_last_value(seqrelid) end::numeric as last_value,
      case type when 'int2'::regtype then greatest(seqmin, -32768) when 'int4'::regtype then greatest(seqmin, -2147483648)
        else seqmin end::numeric as low,
      case type when 'int2'::regtype then least(seqmax, 32767) when 'int4'::regtype then least(seqmax, 2147483647)
        else seqmax end::numeric as high
    from s
  ), used as (
    select b.*, case when not known then null when last_value is null then 0
        when step > 0 then last_value - low + 1 else high - last_value + 1 end as taken
    from bounded b
  )
  select current_database() as database, name as sequence, (taken / (high - low + 1))::float8 as used_ratio,
    case when known then greatest(floor((high - low + 1 - taken) / abs(step)), 0) end::float8 as numbers_left, readable
  from used order by used_ratio desc nulls last, name limit 20`,
    },
  ],
  columns: {
    database: label(),
    sequence: label(),
    used_ratio: gauge('ratio', {
      en: 'Share of its numbers used up; unknown without SELECT on the sequence',
      ja: '使い切った番号の割合。シーケンスの SELECT 権限がなければ不明',
    }),
    numbers_left: gauge('count', { en: 'Numbers left', ja: '残りの番号' }),
    readable: flag({
      en: 'The login may read it; otherwise GRANT SELECT ON SEQUENCE',
      ja: 'ログインに読む権限がある。なければ GRANT SELECT ON SEQUENCE',
    }),
  },
  panels: [
    {
      id: 'used',
      title: { en: 'Share of sequences used up', ja: 'シーケンスの使用割合' },
      show: 'line',
      y: ['used_ratio'],
      by: 'sequence',
    },
  ],
  alerts: [
    {
      id: 'near-end',
      on: 'used_ratio',
      above: { warning: 0.75, critical: 0.9 },
      for: '5m',
      says: {
        en: 'A sequence runs out of numbers: inserts will fail.',
        ja: 'シーケンスの番号が尽きかけています。尽きると挿入が失敗します。',
      },
      fix: {
        en: 'Change the column to bigint (it rewrites the table: plan it), then ALTER SEQUENCE ... AS bigint. Columns that refer to it need the same.',
        ja: '列を bigint に変更し(テーブルの書き換えを伴うため計画的に)、ALTER SEQUENCE ... AS bigint を実行してください。参照する列にも同じ変更が必要です。',
      },
    },
  ],
});
