import type { Pool } from 'pg';
import type { LeaseFence } from '@/lib/storage/append-readings';
import { registerStatements } from '@/lib/storage/append-statements';
import { dayMs, ensurePartitions, hourMs } from '@/lib/storage/partitions';
import { readSeries } from '@/lib/storage/read-series';
import { readStatements } from '@/lib/storage/read-statements';
import { rollUpDay } from '@/lib/storage/roll-up';
import { statementCounterNames as names } from '@/lib/storage/statement-counters';
import { sumStatementHour } from '@/lib/storage/sum-statements';

const start = Date.UTC(2026, 1, 1);
const lines = 20;
const statements = 2000;
const rounds = 40;
/** In the middle of an hour, as windows that end now are: the last hour has no sums yet. */
const lastPoll = start + dayMs + 50 * 60_000;

/** p50 and p95 of reads, from the read functions (the API adds its parsing and JSON), in ms. */
export async function measureReads(
  db: Pool,
  leases: LeaseFence[],
  days: number,
): Promise<Record<string, Record<string, number>>> {
  const watched = Math.min(10, leases.length);
  await fillBlocks(db, leases, days);
  await fillStatements(db, leases.slice(0, watched));
  await db.query('analyze');
  console.log(
    `\nreads: ${(leases.length * lines * days * 8640) / 1e6} M samples (${leases.length} instances, ${days} days), ${statements} statements x ${watched} instances x 24 h`,
  );
  const end = start + days * dayMs;
  const one = (n: number) => [leases[n % leases.length]?.instanceId ?? 0];
  const metric = { metric: 'bench.reads', column: 'v' };
  const hourAt = (n: number) => start + ((n * 7) % (days * 24)) * hourMs;
  return {
    'one series, 1 h (goal 5)': await percentiles((n) =>
      readSeries(db, {
        ...metric,
        instanceIds: one(n),
        labels: { n: `${n % lines}` },
        from: hourAt(n),
        to: hourAt(n) + hourMs,
        points: 300,
      }),
    ),
    '20 series, 24 h (goal 30)': await percentiles((n) =>
      readSeries(db, { ...metric, instanceIds: one(n), from: end - dayMs, to: end, points: 300 }),
    ),
    [`20 series, ${days} days (goal 100 for 30)`]: await percentiles((n) =>
      readSeries(db, { ...metric, instanceIds: one(n), from: start, to: end, points: 288 * days }),
    ),
    'top 20 of 2,000 statements, 24 h (goal 60)': await percentiles((n) =>
      readStatements(db, {
        instanceIds: [leases[n % watched]?.instanceId ?? 0],
        from: lastPoll - dayMs,
        to: lastPoll,
        sort: 'total_ms',
        limit: 20,
      }),
    ),
  };
}

async function percentiles(read: (n: number) => Promise<unknown>) {
  for (let n = 0; n < 5; n++) await read(n);
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const before = performance.now();
    await read(n);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.ceil(rounds * share) - 1] ?? 0) * 10) / 10;
  return { 'p50 ms': at(0.5), 'p95 ms': at(0.95) };
}

/** Blocks as compaction leaves them, made in the server, and the days' rollups by the product's own function. */
export async function fillBlocks(db: Pool, leases: LeaseFence[], days: number) {
  const hours = Array.from({ length: days * 24 }, (_, i) => start + i * hourMs);
  await ensurePartitions(db, db, 'block', hours);
  const ids = leases.map((lease) => lease.instanceId);
  await db.query(
    `insert into series (instance_id, metric, column_name, kind, form, labels)
     select i, 'bench.reads', 'v', 'gauge', 'value', jsonb_build_object('n', n::text)
     from unnest($1::int[]) i, generate_series(0, $2 - 1) n`,
    [ids, lines],
  );
  for (const hour of hours)
    await db.query(
      `insert into block (series_id, hour, step_ms, vals)
       select s.id, $1, 10000, array_agg(round((50 + 20 * sin(s.id + g / 40.0) + random() * 5)::numeric, 2)::float8 order by g)
       from series s, generate_series(1, 360) g where s.metric = 'bench.reads' group by s.id`,
      [new Date(hour)],
    );
  const client = await db.connect();
  for (let day = 0; day < days; day++) await rollUpDay(client, start + day * dayMs);
  client.release();
}

/**
 * 24 summed hours of readings merged to minutes, then readings each 10 s. In a minute a quarter of the statements is
 * active, in 10 s a third of those.
 */
export async function fillStatements(db: Pool, leases: LeaseFence[]) {
  await ensurePartitions(
    db,
    db,
    'statement_reading',
    Array.from({ length: 26 }, (_, i) => start + i * hourMs),
  );
  for (const { instanceId } of leases) {
    const keys = await registerStatements(
      db,
      instanceId,
      Array.from({ length: statements }, (_, n) => ({
        userid: '10',
        dbid: '5',
        queryid: `${n}`,
        toplevel: true,
        userName: 'app',
        databaseName: 'shop',
        statement: {
          id: n.toString(16).padStart(16, '0'),
          text: `select * from t${n} where id = $1`,
          kind: 'select',
          tables: [`t${n}`],
        },
      })),
    );
    const fill = (from: number, to: number, everyMs: number) =>
      db.query(
        `insert into statement_reading (instance_id, from_at, to_at, key_ids, ${names.join(', ')})
         select $1, m - $5 * interval '1 ms', m, a.ids, ${names.map(() => 'a.numbers').join(', ')}
         from generate_series($2::timestamptz + $5 * interval '1 ms', $3, $5 * interval '1 ms') with ordinality g (m, n)
         cross join lateral (
           select array_agg(k order by k) as ids, array_agg((k * n % 997)::float8 order by k) as numbers
           from unnest($4::int[]) k
           where k % 4 = (extract(epoch from m - interval '1 ms') / 60)::int % 4 and ($5 = 60000 or k % 3 = n % 3)) a`,
        [instanceId, new Date(from), new Date(to), [...keys.values()], everyMs],
      );
    await fill(start, start + dayMs, 60_000);
    await fill(start + dayMs, lastPoll, 10_000);
  }
  const client = await db.connect();
  for (let hour = 0; hour < 24; hour++) await sumStatementHour(client, start + hour * hourMs);
  client.release();
}
