/** What would be lost with the primary, from all its standbys and its archive. */
import { defineMetric } from '@/lib/metric/define-metric';
import { recoveryPointMetric } from '@/lib/replication/recovery-point-metric';

export const recoveryPoint = defineMetric({
  ...recoveryPointMetric,
  id: 'postgres.recovery-point',
  source: 'pg_current_wal_lsn(), pg_last_wal_receive_lsn() of each standby, pg_stat_archiver',
});
