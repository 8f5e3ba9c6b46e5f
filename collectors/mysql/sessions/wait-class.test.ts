import { expect, test } from 'vitest';
import { waitClass } from './wait-class';

test.each([
  ['executing', undefined, false, 'CPU or IO', 'executing'],
  ['updating', undefined, true, 'Lock', 'row'],
  ['updating', 'wait/io/table/sql/handler', true, 'Lock', 'row'],
  ['Waiting for table metadata lock', undefined, false, 'Lock', 'Waiting for table metadata lock'],
  ['Waiting for global read lock', null, false, 'Lock', 'Waiting for global read lock'],
  ['Waiting for table flush', undefined, false, 'Lock', 'Waiting for table flush'],
  ['User lock', undefined, false, 'Lock', 'User lock'],
  ['Sending to client', undefined, false, 'Client', 'Sending to client'],
  ['Writing to net', undefined, false, 'Client', 'Writing to net'],
  ['User sleep', undefined, false, 'Timeout', 'User sleep'],
  ['Waiting for semi-sync ACK from replica', undefined, false, 'IPC', null],
  // "System lock" is most often work of the engine, and "Sending data" is reading.
  ['System lock', undefined, false, 'CPU or IO', 'System lock'],
  ['Sending data', undefined, false, 'CPU or IO', 'Sending data'],
  ['executing', null, false, 'CPU', null],
  ['executing', 'wait/io/table/sql/handler', false, 'CPU', null],
  [
    ...['executing', 'wait/io/file/innodb/innodb_data_file', false, 'IO'],
    'io/file/innodb/innodb_data_file',
  ],
  [
    ...['executing', 'wait/synch/mutex/innodb/trx_sys_mutex', false, 'LWLock'],
    'synch/mutex/innodb/trx_sys_mutex',
  ],
  ['', 'wait/lock/table/sql/handler', false, 'Lock', 'lock/table/sql/handler'],
  ['', 'wait/io/socket/sql/client_connection', false, 'Client', 'io/socket/sql/client_connection'],
] as [string, string | null | undefined, boolean, string, string | null][])(
  '%s, %s, row lock %s: %s',
  (state, event, rowLock, wait, said) => {
    const found = waitClass(state, event, rowLock);
    expect(found.wait).toBe(wait);
    if (said !== null) expect(found.event).toBe(said);
  },
);
