/**
 * Percentiles' bounds out of pg_stat_monitor. Its library cannot be had for these servers: an extension of the same name
 * stands in, whose view has the columns and types of 2.0's and the rows that the test puts there.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StatementsReader } from '@/collectors/run/statements-reader';
import { boundOf } from '@/lib/log/durations';
import { countedPercentile } from '@/lib/storage/statement-histograms';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { identify } from '../identify';
import { openSession, type Session } from '../session/session';
import { createStatementsReader, newStatementsMemory } from './read-statements';

let folder: string;
let server: RunningPostgres;
let admin: pg.Client;
let session: Session;
const memory = newStatementsMemory([]);
let reader: StatementsReader;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'yagura-extension-'));
  const extension = path.join(folder, 'extension');
  await mkdir(extension);
  // The server may run as another user.
  await chmod(folder, 0o755);
  await writeFile(path.join(extension, 'pg_stat_monitor.control'), `default_version = '2.0'\n`);
  await writeFile(
    path.join(extension, 'pg_stat_monitor--2.0.sql'),
    `create table seen (bucket int8, bucket_start_time timestamptz, userid regrole, datname name, queryid text, toplevel bool,
       resp_calls text[], bucket_done bool);
     create view pg_stat_monitor as select * from seen;
     grant select on pg_stat_monitor to public;`,
  );
  server = await startPostgres({
    version: 18,
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      extension_control_path: `${folder}:$system`,
      'pg_stat_monitor.pgsm_histogram_min': '1ms',
      'pg_stat_monitor.pgsm_histogram_max': '100000',
    },
  });
  admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query(`create extension pg_stat_statements; create schema monitor; create extension pg_stat_monitor schema monitor;
    create role watcher login password 'for tests'; grant pg_monitor to watcher; grant usage on schema monitor to watcher;
    create table item (id int); insert into item values (1)`);
  session = await openSession(
    {
      ...{ host: '127.0.0.1', port: server.port, database: 'postgres', tls: 'off' },
      ...{ user: 'watcher', password: 'for tests' },
    },
    'yagura test',
  );
  reader = createStatementsReader(session, memory);
});
afterAll(async () => {
  await session?.close();
  await admin?.end();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** 22 counts, of which the given ones are not 0. */
const calls = (counts: Record<number, number>) =>
  Array.from({ length: 22 }, (_, index) => String(counts[index] ?? 0));
const put = (start: string, done: boolean, counts: Record<number, number>) =>
  admin.query(
    `insert into monitor.seen select 1, $1, 'postgres'::regrole, 'postgres', queryid::text, true, $2, $3
     from pg_stat_statements where query like 'select id from item%'`,
    [start, calls(counts), done],
  );
const read = async () => {
  memory.responses.notBefore = Number.NEGATIVE_INFINITY;
  memory.textsNotBefore = Number.NEGATIVE_INFINITY;
  return reader.read(await identify(session), 3_000);
};

test('finished buckets are added up once, under the key of the statement, as bounds', async () => {
  await admin.query('select id from item where id = 1');
  await put('2026-11-23 10:00Z', true, { 0: 900 });
  await read();
  // What was there before is no growth of this reading; what is not finished waits.
  expect((await read())?.histograms).toEqual([]);
  await put('2026-11-23 10:01Z', true, { 0: 90, 2: 5 });
  await put('2026-11-23 10:02Z', false, { 0: 50 });
  await admin.query('select id from item where id = 1');
  const poll = await read();
  const [only, ...others] = poll?.histograms ?? [];
  expect(others).toEqual([]);
  expect(poll?.growth.map(({ key }) => key)).toContain(only?.key);
  const histogram = new Map(only?.buckets);
  expect(countedPercentile(histogram, 95, 0.5)).toEqual({ under: expect.closeTo(1, 1) });
  // (2.778, 4.162] ms: p95 is below its end, rounded up to our own bucket.
  const p95 = countedPercentile(histogram, 95, 0.95);
  const under = p95 && 'under' in p95 ? p95.under : 0;
  expect(under).toBeGreaterThanOrEqual(4.162);
  expect(under).toBeLessThan(4.162 * 1.06);
  await admin.query('select id from item where id = 1');
  expect((await read())?.histograms).toEqual([]);
});

test('of a statement whose text is not known yet it waits', async () => {
  const known = new Set(memory.known);
  memory.known.clear();
  memory.responses.notBefore = Number.NEGATIVE_INFINITY;
  memory.textsNotBefore = Number.POSITIVE_INFINITY;
  await put('2026-11-23 10:02:30Z', true, { 0: 7 });
  expect((await reader.read(await identify(session), 3_000))?.histograms).toEqual([]);
  memory.known = known;
  const poll = await read();
  expect(poll?.histograms?.map(({ buckets }) => buckets.map(([, count]) => count))).toEqual([[7]]);
});

test('what took longer than the longest range has no bound', async () => {
  await put('2026-11-23 10:03Z', true, { 21: 10 });
  await admin.query('select id from item where id = 1');
  const poll = await read();
  const [[bucket = 0] = []] = poll?.histograms?.[0]?.buckets ?? [];
  expect(boundOf(bucket)).toBe(Number.POSITIVE_INFINITY);
  expect(countedPercentile(new Map([[bucket, 10]]), 10, 0.95)).toBeNull();
});

test('where it cannot be read, the statements are known all the same', async () => {
  await admin.query('revoke all on monitor.pg_stat_monitor from public');
  await admin.query('select id from item where id = 1');
  const poll = await read();
  expect(poll?.histograms).toBeUndefined();
  expect(poll?.growth.length).toBeGreaterThan(0);
});
