/** Advice about what sessions do to each other: wait for locks, leave transactions open, hold vacuum back. */
import type { Pool } from 'pg';
import type { LiveSession } from '@/lib/activity/live-session';
import { type HeldBack, heldBackAdvice, idleAdvice, lockAdvice } from '@/lib/advice/lock-advice';
import type { NotSaid, Said } from '@/lib/advice/view';
import type { InstanceBody } from '@/lib/contract';
import { definitionEngine } from '@/lib/metric/engine-source';
import type { AdviceSource } from './read-advice';
import { readLatest } from './read-latest';
import { readLoad } from './read-load';
import { readSeries } from './read-series';

/** What sessions do to each other, per instance. */
export const adviceOfSessions: AdviceSource = async ({ db, instances, from, to }) => {
  const all = await Promise.all(instances.map((one) => ofInstance(db, one, from, to)));
  return {
    advice: all.flatMap(({ advice }) => advice),
    not_said: all.flatMap(({ not_said }) => not_said),
  };
};

async function ofInstance(
  db: Pool,
  { id: instance, name, engine: instanceEngine }: InstanceBody,
  from: number,
  to: number,
): Promise<Said> {
  const engine = definitionEngine(instanceEngine);
  const window = { instanceIds: [Number(instance)], from, to, points: 1, top: 5 };
  const [waiting, blockers, all, open, longest, held] = await Promise.all([
    readLoad(db, { ...window, by: 'statement', filter: { wait: 'Lock' } }),
    readLoad(db, { ...window, by: 'blocker', top: 30, filter: {} }),
    readLoad(db, { ...window, by: 'wait', filter: {} }),
    readLoad(db, { ...window, by: 'application', filter: {}, state: 'idle in transaction' }),
    highest(db, Number(instance), `${engine}.activity`, from, to),
    readHeld(db, Number(instance), from, to),
  ]);
  const advice = held ? heldBackAdvice({ instance }, held) : [];
  const { average } = waiting;
  const load = all.average;
  // Without one sample nobody knows whether somebody waited: that is not the same as nobody.
  if (average === null || load === null || longest === null)
    return { advice, not_said: [notSampled(instance, name)] };
  const named = byName(blockers.slices);
  advice.push(
    ...lockAdvice(
      { instance, engine },
      {
        ...{ average, load, blockers: named },
        statements: waiting.slices.map(({ statement, text, average: own }) => ({
          ...{ id: statement, text, average: own },
        })),
      },
    ),
    ...idleAdvice(
      { instance, engine },
      {
        longest_ms: longest,
        applications: open.slices.map(({ key, average: own }) => ({
          name: key ?? '?',
          average: own,
        })),
        blocks: named.filter(({ idle }) => idle).reduce((sum, one) => sum + one.average, 0),
      },
    ),
  );
  return { advice, not_said: [] };
}

const notSampled = (instance: string, name: string): NotSaid => ({
  instance,
  database: null,
  reason: {
    en: `${name}: its sessions were not sampled in this window, so nothing is known of lock waits and open transactions.`,
    ja: `${name}: この期間のセッションは採取されていないため、ロック待ちと開いたままのトランザクションは不明です。`,
  },
  fix_sql: null,
});

/** Blockers of the same application are one: `shop@db, pid 1 of …, idle in transaction`. */
function byName(slices: readonly { key: string | null; average: number }[]) {
  const names = new Map<string, { name: string; idle: boolean; average: number }>();
  for (const { key, average } of slices) {
    const name = key?.split(',')[0] ?? '?';
    const idle = key?.endsWith('idle in transaction') ?? false;
    const known = names.get(`${name} ${idle}`) ?? { name, idle, average: 0 };
    known.average += average;
    names.set(`${name} ${idle}`, known);
  }
  return [...names.values()].toSorted((a, b) => b.average - a.average);
}

async function highest(db: Pool, instanceId: number, metric: string, from: number, to: number) {
  const column = 'longest_idle_in_transaction_ms';
  const window = { instanceIds: [instanceId], from, to, points: 120, raw: true };
  const { series } = await readSeries(db, { ...window, metric, column });
  const values = series.flatMap(({ max }) => max.flatMap((value) => value ?? []));
  return values.length === 0 ? null : Math.max(...values);
}

/** The oldest holder of the xmin horizon in the window, and the tables that are due for vacuum now. */
async function readHeld(
  db: Pool,
  instanceId: number,
  from: number,
  to: number,
): Promise<HeldBack | null> {
  const window = { instanceIds: [instanceId], from, to, points: 120, raw: true };
  const metric = 'postgres.xmin-horizon';
  const [times, ages, latest] = await Promise.all([
    readSeries(db, { ...window, metric, column: 'held_ms' }),
    readSeries(db, { ...window, metric, column: 'xid_age' }),
    readLatest(db, { instanceIds: [instanceId], metrics: ['postgres.vacuum'] }),
  ]);
  const most = (values: readonly (number | null)[]) =>
    values.reduce<number | null>(
      (top, value) => (value === null ? top : Math.max(top ?? 0, value)),
      null,
    );
  const holders = ages.series.map(({ labels, max }) => ({
    held_by: labels.held_by ?? '?',
    xid_age: most(max),
    held_ms: most(times.series.find((one) => one.labels.held_by === labels.held_by)?.max ?? []),
  }));
  const [worst] = holders.toSorted(
    (a, b) => (b.held_ms ?? 0) - (a.held_ms ?? 0) || (b.xid_age ?? 0) - (a.xid_age ?? 0),
  );
  if (!worst) return null;
  const ratios = latest.filter(({ column, value }) => column === 'dead_ratio' && (value ?? 0) >= 1);
  const tables = ratios.map(({ labels, value }) => ({
    name: labels.table ?? '?',
    ratio: value ?? 0,
    dead_rows:
      latest.find(
        (one) =>
          one.column === 'dead_rows' &&
          one.labels.table === labels.table &&
          one.labels.database === labels.database,
      )?.value ?? null,
  }));
  return {
    ...worst,
    holder: await readHolder(db, instanceId, worst),
    tables: tables.toSorted((a, b) => b.ratio - a.ratio),
  };
}

/** Who it is, as long as it is still there: a session by its transaction, a slot by its name. */
async function readHolder(
  db: Pool,
  instanceId: number,
  { held_by, held_ms }: { held_by: string; held_ms: number | null },
): Promise<HeldBack['holder']> {
  if (held_by === 'slot' || held_by === 'slot-catalog') {
    const column = held_by === 'slot' ? 'xmin_age' : 'catalog_xmin_age';
    const slots = await readLatest(db, {
      instanceIds: [instanceId],
      metrics: ['postgres.replication-slots'],
    });
    const [oldest] = slots
      .filter((one) => one.column === column && (one.value ?? 0) > 0)
      .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
    return oldest ? { name: oldest.labels.slot_name ?? '?', statement: null } : null;
  }
  if (held_by !== 'transaction' || held_ms === null) return null;
  const { rows } = await db.query<{ sessions: LiveSession[] | null }>(
    'select sessions from activity where instance_id = $1',
    [instanceId],
  );
  const [oldest] = (rows[0]?.sessions ?? [])
    .filter(({ kind, transaction_ms: ms }) => kind !== 'walsender' && ms !== null)
    .toSorted((a, b) => (b.transaction_ms ?? 0) - (a.transaction_ms ?? 0));
  // One that began later is not the one that held it: that one is gone.
  if (!oldest || (oldest.transaction_ms ?? 0) < held_ms * sameHolder) return null;
  const { pid, user, database, application, state, statement } = oldest;
  return {
    name: `pid ${pid}, ${user ?? '?'}@${database ?? '?'}, ${application || '?'}, ${state ?? '?'}`,
    statement: statement?.text ?? null,
  };
}

/** Sessions and the horizon are read at different moments of a minute. */
const sameHolder = 0.8;
