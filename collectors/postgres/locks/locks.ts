/** Locks held and waited for, by mode. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

const query = (locks: string) => `with l as (${locks})
  select m.mode, count(l.mode) filter (where l.granted) as granted, count(l.mode) filter (where not l.granted) as waiting,
    case when count(l.mode) filter (where not l.granted) = 0 then 0
      else extract(epoch from clock_timestamp() - min(l.since) filter (where not l.granted)) * 1000 end as longest_wait_ms
  from unnest(array['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
    'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock', 'SIReadLock']) as m(mode)
  left join l on l.mode = m.mode group by m.mode`;

export const locks = defineMetric({
  id: 'postgres.locks',
  layer: 'database',
  title: { en: 'Locks by mode', ja: 'ロック(モード別)' },
  help: {
    en: 'Locks granted and waited for at the moment of the poll. AccessExclusiveLock is what schema changes take: while one waits, all that come later to the table wait behind it.',
    ja: '読み取りの瞬間に取得済み・待機中のロック。AccessExclusiveLock はスキーマ変更が取るもので、これが待っている間、後から来た処理はすべてその後ろで待ちます。',
  },
  source: 'pg_locks',
  every: '10s',
  timeout: '2s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      // When the wait began is not known yet: the start of the waiting statement is.
      sql: query(`select k.mode, k.granted, a.query_start as since
    from pg_locks k left join pg_stat_activity a on a.pid = k.pid and a.wait_event_type = 'Lock' and not k.granted
    where k.pid is distinct from pg_backend_pid()`),
    },
    {
      from: 14,
      sql: query(
        `select mode, granted, waitstart as since from pg_locks where pid is distinct from pg_backend_pid()`,
      ),
    },
  ],
  columns: {
    mode: label(),
    granted: gauge('count', { en: 'Locks granted', ja: '取得済みのロック' }),
    waiting: gauge('count', { en: 'Locks waited for', ja: '待機中のロック' }),
    longest_wait_ms: gauge('ms', {
      en: 'Longest wait; before PostgreSQL 14 from the start of the waiting statement',
      ja: '最長の待ち時間。PostgreSQL 14 より前では待っている文の開始から',
    }),
  },
  panels: [
    {
      id: 'waiting',
      title: { en: 'Locks waited for', ja: '待機中のロック' },
      show: 'stacked',
      y: ['waiting'],
      by: 'mode',
    },
    {
      id: 'granted',
      title: { en: 'Locks granted', ja: '取得済みのロック' },
      show: 'line',
      y: ['granted'],
      by: 'mode',
    },
    {
      id: 'longest-wait',
      title: { en: 'Longest wait for a lock', ja: '最長のロック待ち' },
      show: 'line',
      y: ['longest_wait_ms'],
      by: 'mode',
    },
  ],
  // No default alert. Who waits long, and how many, is watched in `postgres.activity`: a lock held is no fault.
});
