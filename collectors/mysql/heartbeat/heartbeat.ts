/** A beat that is written on the primary each second and read on replicas, where the owner grants one table. */
import { defineMetric } from '@/lib/metric/define-metric';
import {
  heartbeatColumns,
  heartbeatPanels,
  heartbeatText,
} from '@/lib/replication/heartbeat-metric';

export const heartbeat = defineMetric({
  id: 'mysql.heartbeat',
  layer: 'database',
  ...heartbeatText,
  source: 'yagura.heartbeat, written and read by the collector',
  every: '10s',
  timeout: '1s',
  on: 'any',
  cost: 'low',
  needs: [{ heartbeat: 'table' }],
  origin: 'heartbeat',
  queries: [],
  columns: heartbeatColumns,
  panels: heartbeatPanels,
});
