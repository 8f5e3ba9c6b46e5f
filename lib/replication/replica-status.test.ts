/** Each dialect of replication status reads into the same shape. 9.7 and 10.11 were answered by servers; others follow their manuals. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RawResult } from '@/lib/metric/row';
import { readReplicaStatus, withoutLiterals } from './replica-status';

/** The vertical form of a client. */
function fixture(name: string): RawResult {
  const text = readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8');
  const rows = text
    .split(/^\*+ \d+\. row \*+\n/m)
    .slice(1)
    .map((row) =>
      row
        .trimEnd()
        .split(/\n(?=\w+: ?)/)
        .map((line) => /^(\w+): ?([\s\S]*)$/.exec(line)?.slice(1) as [string, string]),
    );
  return {
    columns: (rows[0] ?? []).map(([name]) => name),
    rows: rows.map((row) => row.map(([, value]) => (value === 'NULL' ? null : value))),
  };
}
const read = (name: string) => readReplicaStatus(fixture(name));

describe('the status of a replica', () => {
  it('MySQL 9.7: an error of the applier leaves the lag unknown', () => {
    expect(read('mysql-9.7-applier-error')).toMatchObject([
      {
        channel: '',
        receiver: 'running',
        applier: 'stopped',
        lagMs: null,
        configuredDelayMs: 0,
        remainingDelayMs: null,
        unappliedTransactions: 1,
        unappliedBytes: 281,
        receiverErrorCode: 0,
        receiverError: null,
        applierErrorCode: 1062,
      },
    ]);
  });
  it('MySQL 8.4: two channels, a wanted delay, a tag in the GTIDs, a source that does not answer', () => {
    expect(read('mysql-8.4-two-channels')).toMatchObject([
      {
        channel: 'orders',
        lagMs: 12_000,
        configuredDelayMs: 3_600_000,
        remainingDelayMs: 3_588_000,
        unappliedTransactions: 3,
        unappliedBytes: 281,
      },
      {
        channel: 'billing',
        receiver: 'connecting',
        applier: 'running',
        lagMs: null,
        unappliedTransactions: null,
        receiverErrorCode: 2003,
        receiverError: 'Error connecting to source ?',
      },
    ]);
  });
  it('MySQL 8.0 before 8.0.22: the old words; bytes are unknown across files', () => {
    expect(read('mysql-8.0-slave-words')).toMatchObject([
      { sourceHost: '127.0.0.1', receiver: 'running', applier: 'running', lagMs: 7_000 },
    ]);
    expect(read('mysql-8.0-slave-words')[0]?.unappliedBytes).toBeNull();
  });
  it('MariaDB 10.11: an error of the applier', () => {
    expect(read('mariadb-10.11-applier-error')).toMatchObject([
      {
        applier: 'stopped',
        lagMs: null,
        unappliedTransactions: 1,
        unappliedBytes: 222,
        applierError:
          'Could not execute Write_rows_v1 event on table shop.item; Duplicate entry ?, Error_code: 1062',
      },
    ]);
  });
  it('MariaDB 10.6: without GTIDs what is not applied is told in bytes only; an idle replica is a true zero', () => {
    expect(read('mariadb-10.6-no-gtid')).toMatchObject([
      { lagMs: 0, unappliedBytes: 0, unappliedTransactions: null },
    ]);
  });
  it('MariaDB 11: each connection has its row', () => {
    expect(read('mariadb-11-two-connections')).toMatchObject([
      { channel: '', lagMs: 3_000, unappliedTransactions: 20 },
      { channel: 'eu', receiver: 'stopped', applier: 'running', lagMs: null },
    ]);
  });
  it('is empty for a server that follows nobody, and unknown where columns are missing', () => {
    expect(readReplicaStatus({ columns: ['Source_Host'], rows: [] })).toEqual([]);
    expect(readReplicaStatus({ columns: ['Source_Host'], rows: [['a']] })).toMatchObject([
      { sourceHost: 'a', receiver: null, applier: null, lagMs: null, applierErrorCode: null },
    ]);
  });
});

it('errors lose what they quote, also where quotes are not escaped or not closed', () => {
  expect(withoutLiterals('')).toBeNull();
  expect(withoutLiterals(`Duplicate entry 'it's me' for key 'a', Error_code: 1062; x`)).toBe(
    'Duplicate entry ?, Error_code: 1062',
  );
  expect(withoutLiterals(`Error 'x' on query. Query: 'insert into t values (42, "me`)).toBe(
    'Error ?',
  );
  expect(withoutLiterals('Fatal error:\n  no  relay log')).toBe('Fatal error: no relay log');
});
