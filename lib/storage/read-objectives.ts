import type { ObjectiveBody, ServiceBody } from '@/lib/contract';
import {
  type BurnRates,
  type BurnWindow,
  burnRate,
  burnWindows,
  type Counted,
  defaultLatencyTarget,
  goodOf,
  lectureBudget,
  type Objective,
  objectiveState,
} from '@/lib/service/objectives';
import { groupBy } from './group-by';
import { type Db, dayMs } from './partitions';
import { addSums, readServiceMinutes, type ServedSum } from './read-service-minutes';

type Row = {
  id: number;
  service_id: number;
  kind: 'availability' | 'latency';
  target: number;
  threshold_ms: number | null;
  window_days: number;
};
type Kept = Omit<Row, 'id'> & { id: number | null };
type Budget = ServiceBody['budget'];
const minuteMs = 60_000;
const stepMs = 5 * minuteMs;
const defaultDays = 30;

/** The latency budget of each service and how its objectives stand now. */
export async function readObjectives(
  db: Db,
  serviceIds: number[],
): Promise<(id: number) => Pick<ServiceBody, 'budget' | 'objectives'>> {
  const now = Date.now();
  const { rows } = await db.query<Row>(
    'select id, service_id, kind, target, threshold_ms, window_days from service_objective where service_id = any($1) order by id',
    [serviceIds],
  );
  const budgets = await readBudgets(db, serviceIds);
  const kept = serviceIds.flatMap((id) => withDefault(id, rows, budgets.get(id)));
  const recent = await readServiceMinutes(db, {
    // Whole steps back from the last whole minute, so that the last step is the last five minutes.
    ...{ serviceIds, from: now - 6 * 60 * minuteMs, to: now, stepMs, routes: 'whole' },
  });
  const long = new Map<number, ServedSum[]>();
  for (const days of new Set(kept.map(({ window_days }) => window_days))) {
    const ids = kept.filter(({ window_days }) => window_days === days).map((one) => one.service_id);
    long.set(
      days,
      await readServiceMinutes(db, {
        ...{ serviceIds: [...new Set(ids)], from: now - days * dayMs, to: now },
        ...{ stepMs: dayMs, routes: 'whole' },
      }),
    );
  }
  const recentOf = groupBy(recent, ({ serviceId }) => serviceId);
  return (id) => ({
    budget: budgets.get(id) ?? { ...lectureBudget, changed: false },
    objectives: kept
      .filter((one) => one.service_id === id)
      .map((one) => {
        const whole = (long.get(one.window_days) ?? []).filter((sum) => sum.serviceId === id);
        return stand(one, recentOf.get(id) ?? [], whole, now);
      }),
  });
}

async function readBudgets(db: Db, ids: number[]): Promise<Map<number, Budget>> {
  const { rows } = await db.query<{ service_id: number } & Omit<Budget, 'changed'>>(
    'select * from service_budget where service_id = any($1)',
    [ids],
  );
  return new Map(
    rows.map(({ service_id, ...budget }) => [service_id, { ...budget, changed: true }]),
  );
}

/** A service without an objective on latency is held to its latency budget. */
function withDefault(id: number, rows: Row[], budget: Budget | undefined): Kept[] {
  const own = rows.filter((row) => row.service_id === id);
  if (own.some(({ kind }) => kind === 'latency')) return own;
  const { application_ms, database_ms, network_ms, other_ms } = budget ?? lectureBudget;
  const most = application_ms + database_ms + network_ms + other_ms;
  return [
    ...own,
    {
      ...{ id: null, service_id: id, kind: 'latency', target: defaultLatencyTarget },
      ...{ threshold_ms: most, window_days: defaultDays },
    },
  ];
}

function stand(one: Kept, recent: ServedSum[], whole: ServedSum[], now: number): ObjectiveBody {
  const objective: Objective =
    one.kind === 'availability'
      ? { kind: 'availability', target: one.target }
      : { kind: 'latency', target: one.target, thresholdMs: one.threshold_ms ?? 0 };
  const burn = Object.fromEntries(
    Object.entries(burnWindows).map(([name, minutes]) => [
      name as BurnWindow,
      burnRate(objective, goodOf(objective, countedSince(recent, now - minutes * minuteMs))),
    ]),
  ) as BurnRates;
  const good = goodOf(objective, countedSince(whole, 0));
  const spent = burnRate(objective, good);
  const left = spent === null ? null : 1 - spent;
  return {
    id: one.id === null ? null : String(one.id),
    ...{ kind: one.kind, target: one.target, threshold_ms: one.threshold_ms },
    ...{ window_days: one.window_days, state: objectiveState(burn, left) },
    ...{ total: good?.total ?? null, good: good?.good ?? null },
    good_bounds: good && good.least !== good.most ? [good.least, good.most] : null,
    ratio: good ? good.good / good.total : null,
    covered_from: whole.length > 0 ? Math.min(...whole.map(({ at }) => at)) : null,
    ...{ budget_left: left, burn },
  };
}

/** Metrics where there are any, since they count every request. */
function countedSince(sums: ServedSum[], from: number): Counted {
  const within = sums.filter(({ at }) => at + stepMs > from);
  const metrics = within.filter(({ source }) => source === 'metrics');
  const used = metrics.length > 0 ? metrics : within;
  return used.length > 0 ? addSums(used) : null;
}
