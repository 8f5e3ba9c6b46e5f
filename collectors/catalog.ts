/** Every metric there is. The web process reads definitions from here; collectors run them. */
import type { Metric } from '@/lib/metric/define-metric';
import { hostCpu } from './host/cpu/cpu';
import { hostDisks } from './host/disks/disks';
import { hostFilesystems } from './host/filesystems/filesystems';
import { hostMemory } from './host/memory/memory';
import { hostNetwork } from './host/network/network';
import { hostPressure } from './host/pressure/pressure';
import { hostTcp } from './host/tcp/tcp';
import { mysqlActivity, mysqlLoad } from './mysql/activity/activity';
import { mysqlAdaptiveHash } from './mysql/adaptive-hash/adaptive-hash';
import { mysqlBinlog } from './mysql/binlog/binlog';
import { mysqlBufferPool } from './mysql/buffer-pool/buffer-pool';
import { mysqlCommands } from './mysql/commands/commands';
import { mysqlConnections } from './mysql/connections/connections';
import { mysqlEncryption } from './mysql/encryption/encryption';
import { mysqlGalera } from './mysql/galera/galera';
import { mysqlGroupReplication } from './mysql/group-replication/group-replication';
import { mysqlHandlers } from './mysql/handlers/handlers';
import { heartbeat as mysqlHeartbeat } from './mysql/heartbeat/heartbeat';
import { mysqlHistory } from './mysql/history/history';
import { mysqlIo } from './mysql/io/io';
import { mysqlMetadataLocks } from './mysql/metadata-locks/metadata-locks';
import { mysqlNetwork } from './mysql/network/network';
import { mysqlOpenTables } from './mysql/open-tables/open-tables';
import { mysqlPasswords } from './mysql/passwords/passwords';
import { mysqlPerformanceSchema } from './mysql/performance-schema/performance-schema';
import { mysqlRecoveryPoint } from './mysql/recovery-point/recovery-point';
import { mysqlRedo } from './mysql/redo/redo';
import { mysqlReplica } from './mysql/replica/replica';
import { mysqlReplication } from './mysql/replication/replication';
import { mysqlReplicationLag } from './mysql/replication-lag/replication-lag';
import { mysqlRowLocks } from './mysql/row-locks/row-locks';
import { mysqlSlowLog } from './mysql/slow-log/slow-log';
import { mysqlSorts } from './mysql/sorts/sorts';
import { mysqlStatements } from './mysql/statements/statements';
import { mysqlIndexes, mysqlTableSize, mysqlTables } from './mysql/tables/tables';
import { mysqlTempTables } from './mysql/temp-tables/temp-tables';
import { mysqlConnectionErrors, mysqlThreads } from './mysql/threads/threads';
import { activity, applications, load } from './postgres/activity/activity';
import { archiver } from './postgres/archiver/archiver';
import { backgroundWriter, checkpoints } from './postgres/checkpoints/checkpoints';
import { connections, connectionUse } from './postgres/connections/connections';
import { databases } from './postgres/databases/databases';
import { encryption } from './postgres/encryption/encryption';
import { heartbeat } from './postgres/heartbeat/heartbeat';
import { indexes } from './postgres/indexes/indexes';
import { io } from './postgres/io/io';
import { locks } from './postgres/locks/locks';
import { log } from './postgres/log/log';
import { progress } from './postgres/progress/progress';
import { recoveryPoint } from './postgres/recovery-point/recovery-point';
import { recoveryConflicts, replica } from './postgres/replica/replica';
import { replication } from './postgres/replication/replication';
import { replicationLag } from './postgres/replication-lag/replication-lag';
import { replicationSlots } from './postgres/replication-slots/replication-slots';
import { sequences } from './postgres/sequences/sequences';
import { databaseSize } from './postgres/sizes/sizes';
import { statements } from './postgres/statements/statements';
import { tables } from './postgres/tables/tables';
import { transactionIds } from './postgres/transaction-ids/transaction-ids';
import { vacuum } from './postgres/vacuum/vacuum';
import { wal, walSize } from './postgres/wal/wal';
import { watching } from './postgres/watching/watching';
import { xminHorizon } from './postgres/xmin-horizon/xmin-horizon';

/** In the order they are read: what is needed most comes first when a poll runs out of time. */
export const metrics: readonly Metric[] = [
  replication,
  replica,
  replicationLag,
  recoveryPoint,
  connectionUse,
  activity,
  load,
  locks,
  databases,
  statements,
  connections,
  wal,
  checkpoints,
  backgroundWriter,
  io,
  heartbeat,
  replicationSlots,
  archiver,
  xminHorizon,
  progress,
  applications,
  recoveryConflicts,
  transactionIds,
  encryption,
  walSize,
  vacuum,
  tables,
  indexes,
  sequences,
  databaseSize,
  log,
  watching,
  mysqlReplica,
  mysqlReplicationLag,
  mysqlRecoveryPoint,
  mysqlHeartbeat,
  mysqlReplication,
  mysqlGroupReplication,
  mysqlGalera,
  mysqlConnections,
  mysqlActivity,
  mysqlLoad,
  mysqlThreads,
  mysqlCommands,
  mysqlStatements,
  mysqlBufferPool,
  mysqlRedo,
  mysqlRowLocks,
  mysqlHistory,
  mysqlMetadataLocks,
  mysqlIo,
  mysqlHandlers,
  mysqlSorts,
  mysqlTempTables,
  mysqlOpenTables,
  mysqlConnectionErrors,
  mysqlNetwork,
  mysqlAdaptiveHash,
  mysqlPerformanceSchema,
  mysqlBinlog,
  mysqlTables,
  mysqlIndexes,
  mysqlEncryption,
  mysqlTableSize,
  mysqlPasswords,
  mysqlSlowLog,
  hostCpu,
  hostMemory,
  hostPressure,
  hostTcp,
  hostDisks,
  hostFilesystems,
  hostNetwork,
];

const byId = new Map(metrics.map((metric) => [metric.id as string, metric]));

/** The definition of an id such as `postgres.databases`; null when there is none. */
export function metricById(id: string): Metric | null {
  return byId.get(id) ?? null;
}
