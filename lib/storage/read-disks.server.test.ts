import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metrics } from '@/collectors/catalog';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings, type ReadingBatch } from './append-readings';
import { migrate } from './migrate';
import { openPool } from './pool';
import { readDisks } from './read-disks';

let server: RunningPostgres;
let db: pg.Pool;
const everyMs = 300_000;
const now = Math.floor(Date.now() / everyMs) * everyMs;
const mib = 1024 ** 2;

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 4);
  await db.query(
    `insert into cluster (name) values ('told'), ('dark');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('a', 1, 'postgres', 'h', 1, 'd', 'u', now()), ('b', 1, 'mysql', 'h', 2, 'd', 'u', now()), ('c', 2, 'postgres', 'h', 3, 'd', 'u', now());
     insert into lease (instance_id, owner, fence, expires_at) select id, 'test', 1, now() + interval '1 hour' from instance`,
  );
  await settings(1, { data_directory: '/data/main' });
  await settings(2, {
    datadir: '/var/lib/mysql/',
    innodb_log_group_home_dir: './',
    log_bin_basename: '/binlog/b',
  });
  const over = (mount: string, used: (step: number) => number) => ({
    metric: 'host.filesystems',
    labels: { mount, device: mount },
    of: (step: number) => ({
      ...{
        size_bytes: 1000 * mib,
        used_bytes: used(step),
        available_bytes: 1000 * mib - used(step),
      },
      ...{ used_ratio: used(step) / (1000 * mib), days_to_full: 12.5 },
    }),
  });
  const table = (name: string, step: number) => ({
    metric: 'postgres.tables',
    labels: { database: 'd', table: name },
    of: (at: number) => ({ table_bytes: 10 * mib + at * step, index_bytes: mib + (at * step) / 2 }),
  });
  await fill(1, [
    over('/', () => 100 * mib),
    over('/data', (step) => (400 + 10 * step) * mib),
    over('/data/main/pg_wal', () => 50 * mib),
  ]);
  await fill(1, [
    table('shop.orders', 4 * mib),
    table('shop.small', 0),
    table('(others)', 99 * mib),
  ]);
  await fill(2, [over('/', () => 100 * mib)]);
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
});

async function settings(id: number, given: Record<string, string>) {
  const body = {
    at: now,
    settings: Object.entries(given).map(([name, value]) => ({ name, value })),
  };
  await db.query('insert into instance_settings (instance_id, at, body) values ($1, now(), $2)', [
    id,
    JSON.stringify(body),
  ]);
}

type Line = {
  metric: string;
  labels: Record<string, string>;
  of(step: number): Record<string, number>;
};

/** Eleven readings, five minutes apart, the last one now. */
async function fill(instanceId: number, lines: Line[]) {
  const batches = Array.from({ length: 11 }, (_, step): ReadingBatch => {
    const names = Object.keys(lines[0]?.of(0) ?? {});
    const rows = lines.map(({ labels, of }) => ({
      labels,
      values: names.map((name) => of(step)[name] ?? null),
      rates: names.map(() => null),
    }));
    const columns = names.map((name) => ({ name, kind: 'gauge' as const }));
    const metric = lines[0]?.metric ?? '';
    const at = now - (10 - step) * everyMs;
    return { lease: { instanceId, fence: 1n }, readings: [{ metric, at, everyMs, columns, rows }] };
  });
  await appendReadings(db, batches);
}

test('what is read is a column of its definition', () => {
  const columns = (id: string) => Object.keys(metrics.find((one) => one.id === id)?.columns ?? {});
  expect(columns('host.filesystems')).toEqual(
    expect.arrayContaining([
      'mount',
      'size_bytes',
      'used_bytes',
      'available_bytes',
      'used_ratio',
      'days_to_full',
    ]),
  );
  expect(columns('postgres.tables')).toEqual(
    expect.arrayContaining(['table_bytes', 'index_bytes']),
  );
  for (const id of ['postgres.wal-size', 'mysql.table-size', 'mysql.binlog'])
    expect(columns(id)).toContain('bytes');
});

test('data and logs are placed on their filesystems, with what grew there by name and the rest left over', async () => {
  const found = await readDisks(db, 1, Date.now());
  const [data, wal] = found?.disks.filter(({ instance }) => instance === 'a') ?? [];
  expect(data).toMatchObject({
    ...{ uses: ['data'], paths: ['/data/main'], mount: '/data', unknown: null, days_to_full: 12.5 },
    ...{ used_ratio: 0.5, size_bytes: 1000 * mib, grown_bytes: 100 * mib },
    // Twice as much as its table: the indexes count. What does not grow and the others, who change, are left out.
    grew: [{ kind: 'table', name: 'd.shop.orders', grown_bytes: 60 * mib }],
  });
  expect(wal).toMatchObject({
    uses: ['wal'],
    mount: '/data/main/pg_wal',
    used_ratio: 0.05,
    grew: [],
  });
});

test('what MySQL keeps on one filesystem stands together', async () => {
  const found = await readDisks(db, 1, Date.now());
  expect(found?.disks.filter(({ instance }) => instance === 'b')).toMatchObject([
    { uses: ['data', 'redo', 'binlog'], mount: '/', grown_bytes: 0 },
  ]);
});

test('where nothing tells it is unknown, with the reason', async () => {
  expect((await readDisks(db, 2, Date.now()))?.disks).toMatchObject([
    { instance: 'c', mount: null, unknown: 'path_not_told', used_ratio: null, grown_bytes: null },
  ]);
  await settings(3, { data_directory: '/data' });
  expect((await readDisks(db, 2, Date.now()))?.disks).toMatchObject([
    { uses: ['data', 'wal'], unknown: 'machine_not_read', paths: ['/data', '/data/pg_wal'] },
  ]);
  expect(await readDisks(db, 99, Date.now())).toBeNull();
});
