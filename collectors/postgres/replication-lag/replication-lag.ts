/** The verdict on each standby, as a series. */
import { defineMetric } from '@/lib/metric/define-metric';
import { lagMetric } from '@/lib/replication/lag-metric';

export const replicationLag = defineMetric({
  ...lagMetric,
  id: 'postgres.replication-lag',
  source:
    'pg_stat_replication of the primary, pg_stat_wal_receiver and replay functions of the standby',
});
