/** The verdict on each channel of a replica, as a series. */
import { defineMetric } from '@/lib/metric/define-metric';
import { lagMetric } from '@/lib/replication/lag-metric';

export const mysqlReplicationLag = defineMetric({
  ...lagMetric,
  id: 'mysql.replication-lag',
  source:
    'SHOW REPLICA STATUS and performance_schema.replication_* of the replica, SHOW BINARY LOG STATUS of the source',
});
