/** Metrics whose source is a SHOW statement, which has no list of columns: who asks it and makes rows of it. */
import type { Metric } from '@/lib/metric/define-metric';
import type { RawResult } from '@/lib/metric/row';
import { readBinlog } from './binlog/read-binlog';
import { readReplica } from './replica/read-replica';
import type { Session } from './session/session';

/** @param sql the definition's query for this server */
export type OwnRead = (
  session: Session,
  metric: Metric,
  sql: string,
  timeoutMs: number,
) => Promise<RawResult>;

/** By metric id; all other metrics are their query's rows. */
export const ownReads: Readonly<Record<string, OwnRead>> = {
  'mysql.binlog': readBinlog,
  'mysql.replica': readReplica,
};
