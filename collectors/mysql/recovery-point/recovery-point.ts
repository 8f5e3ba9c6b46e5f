/** What would be lost with the primary, from all its replicas. */
import { defineMetric } from '@/lib/metric/define-metric';
import { recoveryPointMetric } from '@/lib/replication/recovery-point-metric';

export const mysqlRecoveryPoint = defineMetric({
  ...recoveryPointMetric,
  id: 'mysql.recovery-point',
  source: 'SHOW BINARY LOG STATUS of the source, SHOW REPLICA STATUS of each replica',
});
