/** Waits for row locks, deadlocks and lock timeouts of InnoDB. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { forBoth, innodbCounter, statusSql } from '../status-queries';

export const mysqlRowLocks = defineMetric({
  id: 'mysql.row-locks',
  layer: 'database',
  title: { en: 'Row locks and deadlocks', ja: '行ロックとデッドロック' },
  help: {
    en: 'Transactions that wait for a row now, waits and the time spent in them, and what ended without the lock: deadlocks and timeouts.',
    ja: '現在行を待っているトランザクション、待ちの回数と時間、ロックを得られずに終わったもの(デッドロックとタイムアウト)。',
  },
  source:
    'Server Status Variables: Innodb_row_lock_*; information_schema.INNODB_METRICS: lock_deadlocks, lock_timeouts',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ privilege: 'PROCESS' }],
  queries: forBoth((flavour) =>
    statusSql(
      flavour,
      {
        waiting: 'Innodb_row_lock_current_waits',
        waits: 'Innodb_row_lock_waits',
        wait_ms: 'Innodb_row_lock_time',
      },
      {
        deadlocks: innodbCounter(flavour, 'lock_deadlocks'),
        timeouts: innodbCounter(flavour, 'lock_timeouts'),
      },
    ),
  ),
  columns: {
    waiting: gauge('count', { en: 'Waiting now', ja: '待機中' }),
    waits: counter('count', { en: 'Waits', ja: '待ち' }),
    wait_ms: counter('ms', { en: 'Time waited', ja: '待ち時間' }),
    deadlocks: counter('count', { en: 'Deadlocks', ja: 'デッドロック' }),
    timeouts: counter('count', { en: 'Lock timeouts', ja: 'ロックのタイムアウト' }),
  },
  panels: [
    {
      id: 'waiting',
      title: { en: 'Waiting for a row lock', ja: '行ロック待ち' },
      show: 'line',
      y: ['waiting'],
    },
    {
      id: 'waits',
      title: { en: 'Waits for row locks', ja: '行ロック待ちの回数' },
      show: 'line',
      y: ['waits'],
    },
    {
      id: 'time',
      title: { en: 'Time waited for row locks', ja: '行ロックの待ち時間' },
      show: 'line',
      y: ['wait_ms'],
    },
    {
      id: 'failed',
      title: { en: 'Deadlocks and lock timeouts', ja: 'デッドロックとロックのタイムアウト' },
      show: 'line',
      y: ['deadlocks', 'timeouts'],
    },
  ],
});
