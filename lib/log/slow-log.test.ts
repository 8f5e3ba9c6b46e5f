import { describe, expect, it } from 'vitest';
import { newSlowLogState, readSlowLog } from './slow-log';

const read = (text: string) => readSlowLog(text, newSlowLogState(), true);

/** As MySQL 9.7.4 wrote it, without and with log_slow_extra. */
const mysql = `/usr/sbin/mysqld, Version: 9.7.4-2 ((Debian)). started with:
Tcp port: 34587  Unix socket: /tmp/34587.sock
Time                 Id Command    Argument
# Time: 2026-11-23T21:20:41.407458Z
# User@Host: root[root] @  [127.0.0.1]  Id:     9
# Query_time: 0.000005  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0
SET timestamp=1795468841;
# administrator command: Quit;
# Time: 2026-11-23T21:21:47.173912Z
# User@Host: app[app] @ localhost []  Id:    10
# Query_time: 1.500915  Lock_time: 0.000004 Rows_sent: 3  Rows_examined: 17 Thread_id: 10 Errno: 1054 Killed: 0 Bytes_received: 87 Bytes_sent: 205 Read_first: 0 Created_tmp_disk_tables: 2 Start: 2026-11-23T21:21:47.172997Z End: 2026-11-23T21:21:47.173912Z
use shop;
SET timestamp=1795468907;
select *
# a comment of the statement's own
from item where name = 'x';
# Time: 2026-11-23T21:21:48.000000+09:00
# User@Host: app[app] @ localhost []  Id:    10
# Query_time: 0.000093  Lock_time: 0.000001 Rows_sent: 0  Rows_examined: 0
SET timestamp=1795468907;
select 1;
`;

/** As MariaDB 10.11 wrote it with log_slow_verbosity = query_plan,explain,innodb. */
const mariadb = `/usr/sbin/mariadbd, Version: 10.11.18-MariaDB-0+deb12u1-log (Debian 12). started with:
Tcp port: 33943  Unix socket: /tmp/33943.sock
Time\t\t    Id Command\tArgument
# Time: 261123 21:21:47
# User@Host: root[root] @  [127.0.0.1]
# Thread_id: 6  Schema: shop  QC_hit: No
# Query_time: 0.004517  Lock_time: 0.004025  Rows_sent: 0  Rows_examined: 7
# Rows_affected: 1  Bytes_sent: 209
# Pages_accessed: 1  Pages_read: 0  Pages_prefetched: 0  Pages_updated: 0  Old_rows_read: 0
# Pages_read_time: 0.0000  Engine_time: 0.0077
# Full_scan: Yes  Full_join: No  Tmp_table: No  Tmp_table_on_disk: No
# Filesort: No  Filesort_on_disk: No  Merge_passes: 0  Priority_queue: No
#
# explain: id\tselect_type\ttable
# explain: 1\tSIMPLE\titem
#
SET timestamp=1795468907;
select * from shop.item where name = 'secret';
# User@Host: root[root] @  [127.0.0.1]
# Thread_id: 6  Schema: shop  QC_hit: No
# Query_time: 0.000089  Lock_time: 0.000042  Rows_sent: 0  Rows_examined: 0
# Rows_affected: 0  Bytes_sent: 89
SET timestamp=1795468907;
select 2;
`;

describe('the slow log', () => {
  it('of MySQL gives statements with their times, schema and figures', () => {
    const { entries, unreadable, used } = read(mysql);
    expect({ unreadable, used }).toEqual({
      unreadable: 0,
      used: mysql.length,
    });
    expect(entries).toHaveLength(3);
    expect(entries[0]).toMatchObject({
      command: 'Quit',
      statement: null,
      user: 'root',
      host: '127.0.0.1',
    });
    expect(entries[1]).toMatchObject({
      ...{ at: Date.parse('2026-11-23T21:21:47.173912Z'), user: 'app', host: 'localhost' },
      ...{ schema: 'shop', threadId: '10', rowsSent: 3, rowsExamined: 17, errno: 1054 },
      statement: "select *\n# a comment of the statement's own\nfrom item where name = 'x'",
    });
    expect(entries[1]?.ms).toBeCloseTo(1500.915, 6);
    expect(entries[1]?.fields.Created_tmp_disk_tables).toBe('2');
    // The schema stays; the time has its own offset.
    expect(entries[2]).toMatchObject({
      schema: 'shop',
      statement: 'select 1',
      at: Date.parse('2026-11-23T12:21:48Z'),
    });
  });

  it('of MariaDB gives its further fields, its plan, and the time of the entry before', () => {
    const { entries, unreadable } = read(mariadb);
    expect(unreadable).toBe(0);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      ...{
        at: Date.UTC(2026, 10, 23, 21, 21, 47),
        schema: 'shop',
        rowsAffected: 1,
        rowsExamined: 7,
      },
      explain: ['id\tselect_type\ttable', '1\tSIMPLE\titem'],
      statement: "select * from shop.item where name = 'secret'",
    });
    expect(entries[0]?.fields).toMatchObject({ Full_scan: 'Yes', Filesort: 'No', Pages_read: '0' });
    expect(entries[1]).toMatchObject({ at: entries[0]?.at, statement: 'select 2' });
  });

  it('says no schema where MariaDB leaves it empty', () => {
    const { entries } = read(mariadb.replace('Schema: shop  QC', 'Schema:   QC'));
    expect(entries.map(({ schema }) => schema)).toEqual([null, 'shop']);
    expect(entries[0]?.fields.QC_hit).toBe('No');
  });

  it('of MySQL has the schema of the entry before, of whichever connection, and none where reading began inside', () => {
    const other = `# Time: 2026-11-23T21:21:49.000000Z
# User@Host: web[web] @ localhost []  Id:    11
# Query_time: 0.000093  Lock_time: 0.000001 Rows_sent: 0  Rows_examined: 0
SET timestamp=1795468909;
select 5;
`;
    expect(read(mysql + other).entries.at(-1)).toMatchObject({ schema: 'shop', threadId: '11' });
    expect(read(other).entries[0]?.schema).toBeUndefined();
  });

  it('of Percona Server 8.0 gives its fields', () => {
    const { entries } = read(`# Time: 2023-03-01T10:00:00.000001Z
# User@Host: app[app] @ web1 [10.0.0.7]  Id: 12345
# Schema: shop  Last_errno: 0  Killed: 0
# Query_time: 0.250000  Lock_time: 0.000100  Rows_sent: 1  Rows_examined: 1000  Rows_affected: 0  Bytes_sent: 60
# Tmp_tables: 1  Tmp_disk_tables: 1  Tmp_table_sizes: 16384
# InnoDB_trx_id: 0
# Full_scan: Yes  Full_join: No  Tmp_table: Yes  Tmp_table_on_disk: Yes
# Filesort: Yes  Filesort_on_disk: No  Merge_passes: 0
#   InnoDB_IO_r_ops: 4  InnoDB_IO_r_bytes: 65536  InnoDB_IO_r_wait: 0.001000
#   InnoDB_pages_distinct: 12
SET timestamp=1677664800;
select 1;
`);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      schema: 'shop',
      host: 'web1',
      threadId: '12345',
      errno: 0,
      ms: 250,
    });
    expect(entries[0]?.fields).toMatchObject({
      Tmp_disk_tables: '1',
      InnoDB_IO_r_ops: '4',
      InnoDB_pages_distinct: '12',
    });
  });

  it('may come in pieces of any length, and over files that are rotated', () => {
    const text = mariadb + mysql;
    const whole = read(text).entries;
    for (const size of [64, 300, 1000]) {
      const state = newSlowLogState();
      const entries = [];
      let rest = '';
      for (let at = 0; at < text.length; at += size) {
        rest += text.slice(at, at + size);
        const piece = readSlowLog(rest, state, at + size >= text.length);
        entries.push(...piece.entries);
        rest = rest.slice(piece.used);
      }
      expect(entries).toEqual(whole);
    }
  });

  it('takes hostile text without falling over, in time that grows with its length', () => {
    for (const part of [
      '#',
      '# ',
      '# Query_time: ',
      '# User@Host: [',
      '# Time: 9',
      '\n',
      'use ',
      'SET timestamp=1,',
      '# A: ',
      ' A: a',
    ]) {
      const [short, long] = [4_000, 64_000].map((length) =>
        Math.min(
          ...[1, 2, 3].map(() => {
            const before = performance.now();
            read(part.repeat(length));
            read(`${part}\n`.repeat(length));
            return performance.now() - before;
          }),
        ),
      );
      // Sixteen times as long: a square would be 256 times as slow.
      expect((long ?? 0) / Math.max(2, short ?? 0), part).toBeLessThan(100);
    }
    expect(read('# Query_time: 99999999999999999999\nselect 1;\n')).toMatchObject({
      entries: [],
      unreadable: 1,
    });
  });
});
