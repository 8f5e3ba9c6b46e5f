/** What a replica of MySQL or MariaDB says of itself, from every dialect into one shape. Pure. */
import type { RawResult } from '@/lib/metric/row';
import { missingEventGroups, missingTransactions } from './gtid-set';
import { binlogPosition } from './positions';

export type ReplicaChannel = {
  /** CHANNEL_NAME or Connection_name; empty for the default one. */
  channel: string;
  sourceHost: string;
  sourcePort: string;
  /** The thread that receives; `connecting` is neither. Null when it is not told. */
  receiver: 'running' | 'connecting' | 'stopped' | null;
  /** The thread that applies. */
  applier: 'running' | 'stopped' | null;
  /** Seconds_Behind_*; NULL, "unknown", stays null and is never 0. */
  lagMs: number | null;
  /** A delay that is wanted (SQL_Delay), and what is left of it for the transaction that waits. */
  configuredDelayMs: number | null;
  remainingDelayMs: number | null;
  /** Bytes of the source's binary log received and not applied; null while both are in different files. */
  unappliedBytes: number | null;
  /** Transactions received and not applied, by GTID; null without GTIDs. */
  unappliedTransactions: number | null;
  relayLogBytes: number | null;
  /** Last error numbers; 0 is none. */
  receiverErrorCode: number | null;
  applierErrorCode: number | null;
  /** The server's words for them, with literals removed; null when there is none. */
  receiverError: string | null;
  applierError: string | null;
  /** Sets or positions as the server writes them. */
  receivedGtid: string | null;
  appliedGtid: string | null;
  /** Coordinates in the source's binary log, as binlogPosition writes them. */
  receivedLog: number | null;
  appliedLog: number | null;
  /** server_uuid of the source; MariaDB does not tell it. */
  sourceServer: string | null;
};

/**
 * The rows of SHOW REPLICA STATUS (MySQL 8.0.22 and later), SHOW SLAVE STATUS (before) and SHOW ALL REPLICAS STATUS
 * (MariaDB). Columns are found by name: their order and number differ by version. MariaDB keeps Master_ and Slave_.
 */
export function readReplicaStatus(result: RawResult): ReplicaChannel[] {
  const place = new Map(result.columns.map((name, index) => [name.toLowerCase(), index]));
  return result.rows.map((row) => {
    const text = (...names: string[]): string | null => {
      const index = names.map((name) => place.get(name)).find((found) => found !== undefined);
      return index === undefined ? null : (row[index] ?? null);
    };
    const number = (...names: string[]) => numberOf(text(...names));
    const lag = number('seconds_behind_source', 'seconds_behind_master');
    const delay = number('sql_delay');
    const remaining = number('sql_remaining_delay');
    const isMariadb = place.has('gtid_slave_pos') || place.has('using_gtid');
    const receivedGtid = text('retrieved_gtid_set', 'gtid_io_pos');
    const appliedGtid = text('executed_gtid_set', 'gtid_slave_pos');
    const sameFile =
      text('source_log_file', 'master_log_file') ===
      text('relay_source_log_file', 'relay_master_log_file');
    const received = number('read_source_log_pos', 'read_master_log_pos');
    const applied = number('exec_source_log_pos', 'exec_master_log_pos');
    return {
      channel: text('channel_name', 'connection_name') ?? '',
      sourceHost: text('source_host', 'master_host') ?? '',
      sourcePort: text('source_port', 'master_port') ?? '',
      receiver: receiverOf(text('replica_io_running', 'slave_io_running')),
      applier: applierOf(text('replica_sql_running', 'slave_sql_running')),
      lagMs: lag === null ? null : lag * 1000,
      configuredDelayMs: delay === null ? null : delay * 1000,
      remainingDelayMs: remaining === null ? null : remaining * 1000,
      unappliedBytes:
        sameFile && received !== null && applied !== null && received >= applied
          ? received - applied
          : null,
      unappliedTransactions: isMariadb
        ? text('using_gtid') === 'No'
          ? null
          : missingEventGroups(receivedGtid, appliedGtid)
        : receivedGtid === '' && number('auto_position') !== 1
          ? null
          : missingTransactions(receivedGtid, appliedGtid),
      relayLogBytes: number('relay_log_space'),
      receiverErrorCode: number('last_io_errno'),
      applierErrorCode: number('last_sql_errno'),
      receiverError: withoutLiterals(text('last_io_error')),
      applierError: withoutLiterals(text('last_sql_error')),
      receivedGtid,
      appliedGtid,
      receivedLog: binlogPosition(text('source_log_file', 'master_log_file'), received),
      appliedLog: binlogPosition(text('relay_source_log_file', 'relay_master_log_file'), applied),
      sourceServer: text('source_uuid', 'master_uuid') || null,
    };
  });
}

const numberOf = (text: string | null): number | null => {
  if (text === null || !/^-?\d+(\.\d+)?$/.test(text.trim())) return null;
  return Number(text);
};

/** `Connecting`, and MariaDB's and old releases' `Preparing`, are on the way: not receiving, not stopped. */
function receiverOf(text: string | null): ReplicaChannel['receiver'] {
  if (text === null) return null;
  if (text === 'Yes') return 'running';
  return text === 'No' ? 'stopped' : 'connecting';
}

const applierOf = (text: string | null): ReplicaChannel['applier'] =>
  text === null ? null : text === 'Yes' ? 'running' : 'stopped';

/**
 * Errors of the applier quote values of rows and whole statements ("Duplicate entry '7' for key", "Query: '...'"), and
 * quotes inside values are not escaped: all from the first quote on goes, but for the number of the error.
 */
export function withoutLiterals(text: string | null): string | null {
  if (text === null || text.trim() === '') return null;
  const quote = text.search(/["']/);
  if (quote < 0) return text.replace(/\s+/g, ' ').trim().slice(0, 300);
  const code = /, Error_code: (\d+);/.exec(text)?.[1];
  const said = text.slice(0, quote).replace(/\s+/g, ' ').trim().slice(0, 280);
  return `${said} ?${code ? `, Error_code: ${code}` : ''}`;
}
