import { readdir, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { appendReadings, type LeaseFence, type ReadingBatch } from '@/lib/storage/append-readings';
import { compactHour } from '@/lib/storage/compact';
import { forgetPartitions, hourMs, listPartitions } from '@/lib/storage/partitions';
import { everyMs, linesPerInstance, nextValues, readingOf, seeded } from './fill';

const start = Date.UTC(2026, 0, 1);
/** Polls that share one call, as a collector's outbox sends them. */
const pollsPerCall = 10;

type Spent = { wallS: number; serverS: number; clientS: number };

/** The same samples into our tables (append and compaction, through the product's functions) and into narrow rows by COPY. */
export async function measureIngest(
  db: Pool,
  postmaster: number,
  leases: LeaseFence[],
  hours: number,
): Promise<Record<string, Record<string, number>>> {
  const polls = (hours * hourMs) / everyMs;
  const samples = polls * leases.length * linesPerInstance;
  // What making the numbers costs is not ingestion: it is measured alone and taken off.
  const made = await spend(postmaster, async () => {
    for (const _ of madeBatches(leases, polls));
  });
  const hot = less(await spend(postmaster, () => appendAll(db, leases, polls)), made);
  const hotBytes = await bytes(db, 'hot_sample');
  const compaction = await spend(postmaster, () => compactAll(db));
  const blockBytes = await bytes(db, 'block');
  const narrow = less(await spend(postmaster, () => copyNarrow(db, leases, polls)), made);
  const narrowBytes = await bytes(db, 'narrow');
  await db.query('drop table narrow');
  const all = add(hot, compaction);
  const row = (size: number, spent: Spent) => ({
    'bytes/sample': round(size / samples),
    'M samples/s wall': round(samples / spent.wallS / 1e6),
    'M samples/s per server core': round(samples / spent.serverS / 1e6),
    'M samples/s per core, all': round(samples / (spent.serverS + spent.clientS) / 1e6),
  });
  console.log(
    `\ningest: ${samples / 1e6} M samples, ${leases.length * linesPerInstance} series, ${hours} h at 10 s`,
  );
  return {
    'hot float8[]': row(hotBytes, hot),
    'blocks, append + compaction': row(blockBytes, all),
    'narrow rows + btree, COPY': row(narrowBytes, narrow),
    'narrow / ours': {
      'bytes/sample': round(narrowBytes / blockBytes),
      'M samples/s wall': round(narrow.wallS / all.wallS),
      'M samples/s per server core': round(narrow.serverS / all.serverS),
      'M samples/s per core, all': round(
        (narrow.serverS + narrow.clientS) / (all.serverS + all.clientS),
      ),
    },
  };
}

async function appendAll(db: Pool, leases: LeaseFence[], polls: number) {
  for (const batches of madeBatches(leases, polls)) await appendReadings(db, batches);
}

function* madeBatches(leases: LeaseFence[], polls: number): Generator<ReadingBatch[]> {
  const lines = generators(leases.length);
  for (let first = 0; first < polls; first += pollsPerCall)
    yield Array.from({ length: Math.min(pollsPerCall, polls - first) }, (_, n) =>
      leases.map((lease, i) => readingOf(lease, start + (first + n) * everyMs, lines[i]?.() ?? [])),
    ).flat();
}

async function compactAll(db: Pool) {
  const client = await db.connect();
  try {
    for (const part of await listPartitions(client, 'hot_sample')) await compactHour(client, part);
  } finally {
    client.release();
  }
  forgetPartitions(db);
}

async function copyNarrow(db: Pool, leases: LeaseFence[], polls: number) {
  await db.query(
    'create table narrow (series_id int, at timestamptz, v float8, primary key (series_id, at))',
  );
  const lines = generators(leases.length);
  function* rows() {
    for (let n = 0; n < polls; n++) {
      const at = new Date(start + n * everyMs).toISOString();
      let text = '';
      for (const [i, next] of lines.entries())
        for (const [j, value] of next().entries())
          text += `${i * linesPerInstance + j}\t${at}\t${value}\n`;
      yield text;
    }
  }
  const client = await db.connect();
  try {
    await pipeline(Readable.from(rows()), client.query(copyFrom('copy narrow from stdin')));
  } finally {
    client.release();
  }
}

function generators(count: number): (() => number[])[] {
  return Array.from({ length: count }, (_, i) => {
    const random = seeded(i + 1);
    let values = Array.from({ length: linesPerInstance }, () => Math.floor(random() * 1000));
    return () => {
      values = nextValues(values, random);
      return values;
    };
  });
}

/** Bytes on disk of a table or of all its partitions, with TOAST and indexes. */
async function bytes(db: Pool, table: string): Promise<number> {
  const { rows } = await db.query<{ size: number }>(
    `select sum(pg_total_relation_size(relid))::float8 as size from pg_partition_tree($1)`,
    [table],
  );
  if (rows[0]?.size) return rows[0].size;
  const plain = await db.query<{ size: number }>(
    'select pg_total_relation_size($1::regclass)::float8 as size',
    [table],
  );
  return plain.rows[0]?.size ?? 0;
}

async function spend(postmaster: number, work: () => Promise<void>): Promise<Spent> {
  const before = {
    wall: performance.now(),
    own: process.cpuUsage(),
    server: await serverCpu(postmaster),
  };
  await work();
  const own = process.cpuUsage(before.own);
  return {
    wallS: (performance.now() - before.wall) / 1000,
    serverS: (await serverCpu(postmaster)) - before.server,
    clientS: (own.user + own.system) / 1e6,
  };
}

/** CPU seconds of the server's processes, ended ones included. Linux; NaN elsewhere. */
async function serverCpu(postmaster: number): Promise<number> {
  const pids = await readdir('/proc').catch(() => []);
  let ticks = pids.length ? 0 : Number.NaN;
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [
      1, 11, 12, 13, 14,
    ].map((index) => fields[index]);
    if (Number(pid) === postmaster) ticks += user + system + endedUser + endedSystem;
    else if (parent === postmaster) ticks += user + system;
  }
  return ticks / 100;
}

const add = (a: Spent, b: Spent): Spent => ({
  wallS: a.wallS + b.wallS,
  serverS: a.serverS + b.serverS,
  clientS: a.clientS + b.clientS,
});
const less = (a: Spent, b: Spent): Spent => ({
  wallS: a.wallS - b.wallS,
  serverS: a.serverS,
  clientS: a.clientS - b.clientS,
});
const round = (value: number) => Math.round(value * 100) / 100;
