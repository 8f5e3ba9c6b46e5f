import { expect, test } from 'vitest';
import type { LogEntry, LogFormat, LogSettings, Skipping } from './log-entry';
import { logClock } from './log-time';
import { readChunk } from './read-chunk';
import { recognise } from './recognise';

const settings: LogSettings = { prefix: '%m [%p] %q%u@%d/%a ', timezone: 'UTC', encoding: 'UTF8' };
const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads a whole text in pieces of a size, as a collector does: what is not used is read again with what follows. */
function readAll(
  given: Uint8Array,
  format: LogFormat,
  piece: number,
  set = settings,
  skipping: Skipping = 'no',
) {
  const entries: LogEntry[] = [];
  let at = 0;
  let unreadable = 0;
  let oversized = 0;
  for (let turn = 0; at < given.length && turn < 10_000; turn++) {
    const part = given.subarray(at, at + piece);
    const last = at + piece >= given.length;
    const chunk = readChunk(part, format, set, { skipping, last, full: part.length === piece });
    entries.push(...chunk.entries);
    at += chunk.used;
    skipping = chunk.skipping;
    unreadable += chunk.unreadable;
    oversized += chunk.oversized;
    if (chunk.used === 0) piece += piece;
  }
  return { entries, unreadable, oversized };
}

const stderr = `2026-11-23 17:05:01.123 UTC [42] app@shop/check out LOG:  duration: 123.456 ms  statement: select *
\tfrom t
\twhere a = 'x'
2026-11-23 17:05:02.000 UTC [43] LOG:  checkpoint starting: time
2026-11-23 17:05:03.000 UTC [44] app@shop/api ERROR:  division by zero
2026-11-23 17:05:03.000 UTC [44] app@shop/api DETAIL:  none
2026-11-23 17:05:03.000 UTC [44] app@shop/api STATEMENT:  select 1/0,
\t  'y'
2026-11-23 17:05:04.000 UTC [43] LOG:  checkpoint complete: wrote 3 buffers
`;
const csv = `2026-11-23 17:05:01.123 UTC,"app","shop",42,"127.0.0.1:5",6a.2a,3,"SELECT",2026-11-23 17:00:00 UTC,3/0,0,LOG,00000,"duration: 123.456 ms  statement: select ""a""
from t, u",,,,,,,,,"check out","client backend",,-7123456789012345678
2026-11-23 17:05:03.000 UTC,"app","shop",44,"[local]",6a.2c,1,"SELECT",2026-11-23 17:00:00 UTC,3/2,0,ERROR,22012,"division by zero",,,,,,"select 1/0,
  'y'",8,,"api","client backend",,0
`;
const json = `{"timestamp":"2026-11-23 17:05:01.123 UTC","user":"app","dbname":"shop","pid":42,"session_id":"6a.2a","line_num":3,"error_severity":"LOG","message":"duration: 123.456 ms  execute S_1: select $1\\nfrom t","detail":"parameters: $1 = 'CANARY'","application_name":"check out","backend_type":"client backend","query_id":-7123456789012345678}
{"timestamp":"2026-11-23 17:05:03.000 UTC","user":"app","dbname":"shop","pid":44,"error_severity":"ERROR","state_code":"22012","message":"division by zero","statement":"select 1/0","application_name":"api","query_id":0}
`;

test.each([5, 17, 64, 300, 100_000])(
  'entries are the same whatever the pieces they are read in (%i bytes)',
  (piece) => {
    for (const [format, text] of [
      ['stderr', stderr],
      ['csvlog', csv],
      ['jsonlog', json],
    ] as const) {
      const whole = readAll(bytes(text), format, 1_000_000);
      expect(whole.unreadable).toBe(0);
      // Pieces shorter than an entry grow here, because nothing is passed over that fits into one reading.
      const entries: LogEntry[] = [];
      let at = 0;
      for (let size = piece; at < text.length; ) {
        const part = bytes(text).subarray(at, at + size);
        const last = at + size >= text.length;
        const chunk = readChunk(part, format, settings, { skipping: 'no', last, full: false });
        entries.push(...chunk.entries);
        at += chunk.used;
        size = chunk.used === 0 ? size * 2 : piece;
      }
      expect(entries).toEqual(whole.entries);
    }
  },
);

test('an entry of each format, with its lines, names, time and query id', () => {
  const common = { user: 'app', database: 'shop', pid: 42, application: 'check out' };
  const at = Date.UTC(2026, 10, 23, 17, 5, 1, 123);
  expect(readAll(bytes(stderr), 'stderr', 9999).entries[0]).toMatchObject({
    ...common,
    at,
    message: "duration: 123.456 ms  statement: select *\nfrom t\nwhere a = 'x'",
  });
  expect(readAll(bytes(csv), 'csvlog', 9999).entries[0]).toMatchObject({
    ...common,
    at,
    queryId: '-7123456789012345678',
    message: 'duration: 123.456 ms  statement: select "a"\nfrom t, u',
  });
  expect(readAll(bytes(json), 'jsonlog', 9999).entries[0]).toMatchObject({
    ...common,
    at,
    queryId: '-7123456789012345678',
  });
});

test('an error has its statement and, where the server writes it, its SQLSTATE', () => {
  const facts = (text: string, format: LogFormat) =>
    readAll(bytes(text), format, 9999)
      .entries.map(recognise)
      .filter((one) => one.kind === 'error');
  expect(facts(stderr, 'stderr')).toEqual([
    { kind: 'error', severity: 'ERROR', sqlstate: 'XXXXX', statement: "select 1/0,\n  'y'" },
  ]);
  expect(facts(csv, 'csvlog')).toMatchObject([
    { sqlstate: '22012', statement: "select 1/0,\n  'y'" },
  ]);
  expect(facts(json, 'jsonlog')).toMatchObject([{ sqlstate: '22012', statement: 'select 1/0' }]);
});

test.each([
  ['%t:%r:%u@%d:[%p]: ', '2026-11-23 17:05:01 UTC:10.0.0.1(5432):app@shop:[42]: '],
  ['%n [%-8p] %e %c %l %a|', '1795453501.123 [42      ] 22012 6a.2a 7 check out|'],
  [
    '<%m> (%b) %h %v %x %Q %i%% ',
    '<2026-11-23 17:05:01.123 JST> (client backend) ::1 3/22 0 -55 SELECT% ',
  ],
  ['', ''],
  ['user=%u,db=%d,app=%a,client=%h ', 'user=app,db=shop,app=check out,client=[local] '],
  ['[%p] (*+?.) ', '[42] (*+?.) '],
])('the prefix %j is understood', (prefix, head) => {
  const set = { ...settings, prefix, timezone: 'Asia/Tokyo' };
  const text = `${head}ERROR:  division by zero\n${head}STATEMENT:  select 1/0\n`;
  const { entries, unreadable } = readAll(bytes(text), 'stderr', 9999, set);
  expect(unreadable).toBe(0);
  expect(entries).toMatchObject([{ message: 'division by zero', statement: 'select 1/0' }]);
  if (prefix.includes('%a')) expect(entries[0]?.application).toBe('check out');
  if (prefix.includes('p')) expect([42, null]).toContain(entries[0]?.pid);
  if (prefix.includes('%Q')) expect(entries[0]?.queryId).toBe('-55');
  if (prefix.includes('%e')) expect(entries[0]?.sqlstate).toBe('22012');
  if (prefix.includes('%m')) expect(entries[0]?.at).toBe(Date.UTC(2026, 10, 23, 8, 5, 1, 123));
  if (prefix.includes('%n')) expect(entries[0]?.at).toBe(1795453501123);
});

test('a statement cannot forge an entry of its own', () => {
  const forged = `2026-11-23 17:05:01.000 UTC [1] u@d/a LOG:  duration: 1.000 ms  statement: select '
\t2026-11-23 17:05:01.000 UTC [1] u@d/a ERROR:  forged
\t'
`;
  expect(readAll(bytes(forged), 'stderr', 9999).entries).toHaveLength(1);
});

test('an entry longer than a piece is passed over and counted; those after it are read', () => {
  const long = 'x\ny"'.repeat(5000);
  const csvLong = csv.replace('select ""a""', `select '${long.replaceAll('"', '""')}'`);
  const jsonLong = json.replace(
    'select $1',
    `select '${long.replaceAll('\n', ' ').replaceAll('"', ' ')}'`,
  );
  const stderrLong = stderr.replace('from t', `from t, ${'x\n\ty'.repeat(5000)}`);
  const passing = (text: string, format: LogFormat) => {
    const found: LogEntry[] = [];
    let skipping: Skipping = 'no';
    let oversized = 0;
    const all = bytes(text);
    for (let at = 0; at < all.length; ) {
      const part = all.subarray(at, at + 4096);
      const chunk = readChunk(part, format, settings, {
        skipping,
        last: at + 4096 >= all.length,
        full: part.length === 4096,
      });
      found.push(...chunk.entries);
      ({ skipping } = chunk);
      oversized += chunk.oversized;
      at += chunk.used;
    }
    return { found, oversized };
  };
  for (const [text, format] of [
    [csvLong, 'csvlog'],
    [jsonLong, 'jsonlog'],
    [stderrLong, 'stderr'],
  ] as const) {
    const { found, oversized } = passing(text, format);
    expect(oversized).toBe(1);
    expect(found.some((one) => one.message === 'division by zero')).toBe(true);
  }
});

test('reading that begins inside a record finds the first whole one', () => {
  for (const [text, format] of [
    [csv, 'csvlog'],
    [json, 'jsonlog'],
    [stderr, 'stderr'],
  ] as const) {
    const found = readAll(bytes(text).subarray(30), format, 9999, settings, 'resync');
    expect(found.entries.some((one) => one.message === 'division by zero')).toBe(true);
    expect(found.entries.some((one) => one.message.startsWith('duration: 123'))).toBe(false);
  }
});

test('bytes of another encoding are read as what the server says they are', () => {
  const head = bytes(
    "2026-11-23 17:05:01.000 UTC [1] u@d/a LOG:  duration: 1.000 ms  statement: select '",
  );
  const line = new Uint8Array([...head, 0xe9, 0x27, 0x0a]);
  const { entries } = readAll(line, 'stderr', 9999, { ...settings, encoding: 'LATIN1' });
  expect(entries[0]?.message).toContain("'é'");
});

test.each(['stderr', 'csvlog', 'jsonlog'] as const)('hostile bytes never throw: %s', (format) => {
  let seed = 42;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const source = bytes(`${stderr}${csv}${json}{"error_severity":1}\n[]\nnull\n"""\n\t\n\r\n`);
  for (let turn = 0; turn < 300; turn++) {
    const noise = Uint8Array.from(source, (byte) => (random() < 0.03 ? random() * 256 : byte));
    const { entries } = readAll(noise.subarray(random() * 500), format, 700);
    for (const entry of entries) recognise(entry);
  }
  const slow = bytes(`${'a'.repeat(2_000_000)}\n${'"'.repeat(500_000)}\n${'\t\n'.repeat(100_000)}`);
  const started = performance.now();
  readAll(slow, format, 1_000_000);
  expect(performance.now() - started).toBeLessThan(5000);
});

const entry = (message: string, more: Partial<LogEntry> = {}): LogEntry => ({
  at: 0,
  pid: 1,
  session: null,
  user: null,
  database: null,
  application: null,
  severity: 'LOG',
  sqlstate: '00000',
  message,
  detail: null,
  statement: null,
  queryId: null,
  ...more,
});

test.each([
  ['duration: 12.500 ms', { kind: 'duration', ms: 12.5, phase: 'unnamed' }],
  ['duration: 0.001 ms  statement: select 1', { phase: 'execute', statement: 'select 1' }],
  ['duration: 2.000 ms  parse <unnamed>: select $1', { phase: 'parse' }],
  ['duration: 2.000 ms  bind S_1/C_2: select $1', { phase: 'bind' }],
  [
    'duration: 2.000 ms  execute fetch from S_1/C_2: select $1',
    { phase: 'execute', statement: 'select $1' },
  ],
  [
    'process 12 still waiting for ShareLock on transaction 734 after 1000.123 ms',
    { kind: 'lock_wait', ms: 1000.123, mode: 'ShareLock' },
  ],
  [
    'temporary file: path "base/pgsql_tmp/pgsql_tmp1.0", size 14000000',
    { kind: 'temporary_file', bytes: 14000000 },
  ],
  ['checkpoint starting: wal', { kind: 'checkpoint', started: true }],
  ['restartpoint complete: wrote 5 buffers', { kind: 'checkpoint', started: false }],
  [
    'automatic vacuum of table "shop.public.orders": index scans: 1',
    { kind: 'autovacuum', did: 'vacuum', table: 'shop.public.orders' },
  ],
  [
    'automatic aggressive vacuum to prevent wraparound of table "a.b.c": x',
    { kind: 'autovacuum', did: 'vacuum' },
  ],
  ['automatic analyze of table "shop.public.orders"', { kind: 'autovacuum', did: 'analyze' }],
  ['connection authorized: user=x', { kind: 'other' }],
])('%s', (message, fact) => {
  expect(recognise(entry(message))).toMatchObject(fact);
});

test('a prepared statement run by EXECUTE is known by what was prepared', () => {
  const fact = recognise(
    entry('duration: 5.000 ms  statement: execute p(7)', {
      detail: 'prepare: prepare p as select $1::int',
    }),
  );
  expect(fact).toMatchObject({ statement: 'prepare p as select $1::int' });
});

test('plans of auto_explain in both formats', () => {
  const asJson = recognise(
    entry(
      'duration: 300.000 ms  plan:\n{"Query Text": "select 1", "Plan": {"Node Type": "Result"}}',
    ),
  );
  expect(asJson).toMatchObject({ kind: 'plan', ms: 300, format: 'json', statement: 'select 1' });
  const asText = recognise(
    entry(
      "duration: 300.000 ms  plan:\nQuery Text: select *\nfrom t where a = $1\nQuery Parameters: $1 = 'CANARY'\nSeq Scan on t  (cost=0.00..1.00 rows=1 width=4) (actual rows=1 loops=1)\n  Filter: (a = 1)",
    ),
  );
  expect(asText).toMatchObject({
    kind: 'plan',
    format: 'text',
    statement: 'select *\nfrom t where a = $1',
  });
  expect(JSON.stringify(asText)).not.toContain('CANARY');
});

test('an SQLSTATE makes an error in a language that is not read', () => {
  expect(
    recognise(
      entry('Division durch Null', {
        severity: 'FEHLER',
        sqlstate: '22012',
        statement: 'select 1/0',
      }),
    ),
  ).toMatchObject({ kind: 'error', sqlstate: '22012' });
});

test('times of a zone with summer time, of a numeric one, and of none', () => {
  const berlin = logClock('Europe/Berlin');
  expect(berlin('2026-07-01 12:00:00.5 CEST')).toBe(Date.UTC(2026, 6, 1, 10, 0, 0, 500));
  expect(berlin('2026-12-01 12:00:00 CET')).toBe(Date.UTC(2026, 11, 1, 11));
  expect(logClock('<-03>+03')('2026-12-01 12:00:00 -03')).toBe(Date.UTC(2026, 11, 1, 15));
  expect(logClock('No/Where')('2026-12-01 12:00:00 XYZ')).toBeNull();
  expect(berlin('yesterday')).toBeNull();
});
