/** One definition per metric: collection, storage, panel, reference page, exposition and tests are derived from it. Pure. */

export type Engine = 'postgres' | 'mysql' | 'mariadb';
/** What a definition is about: a database's engine, or the machine under it, whatever runs there. */
export type MetricEngine = Engine | 'host';
export type Layer = 'application' | 'database' | 'infrastructure';
/** A sentence for people, in both languages of the product. */
export type Text = { en: string; ja: string };
/** `count` is a number of things, `ratio` is 0..1, `xids` transaction ids; counters of a unit are shown per second. */
export type Unit = 'count' | 'bytes' | 'ms' | 'ratio' | 'xids' | 'blocks';

export type Column =
  | { kind: 'label' }
  | { kind: 'flag'; help: Text }
  | { kind: 'gauge'; unit: Unit; help: Text }
  | { kind: 'counter'; unit: Unit; help: Text };

/** Part of a row's identity; text. */
export const label = () => ({ kind: 'label' }) as const;
/** True or false, stored as 1 or 0; never compared with a threshold. */
export const flag = (help: Text) => ({ kind: 'flag', help }) as const;
/** A value that stands for itself. */
export const gauge = (unit: Unit, help: Text) => ({ kind: 'gauge', unit, help }) as const;
/** A value that only grows until its source is reset; stored as read and as a rate per second. */
export const counter = (unit: Unit, help: Text) => ({ kind: 'counter', unit, help }) as const;

/** What the collector's login must have, and the statement an administrator runs to give it. */
export type Need = PostgresNeed | MysqlNeed;
export type PostgresNeed =
  | { role: 'pg_monitor' | 'pg_read_all_stats' | 'pg_read_all_settings' }
  | { extension: string }
  | { setting: string; value: string }
  /** An optional right: reading the files of the server's log. */
  | { log: 'read' }
  /** An optional table: the beat that the primary writes each second. */
  | { heartbeat: 'table' };
export type MysqlNeed =
  /** A global privilege, or one on a schema or table, as GRANT writes it: `PROCESS`, `SELECT on performance_schema.*`. */
  | { privilege: string }
  /** A row of performance_schema.setup_consumers that must be on. */
  | { consumer: string }
  /** Instruments (LIKE pattern of performance_schema.setup_instruments) that must be on. */
  | { instrument: string }
  /** A variable that must have this value, e.g. `performance_schema` = `ON`. */
  | { variable: string; value: string }
  /** An optional table: the beat that the primary writes each second. */
  | { heartbeat: 'table' };

export type Flavour = 'mysql' | 'mariadb';

/**
 * A whole query; the one with the highest `from` not above the version is run. PostgreSQL 15.18 is 15; MySQL 8.4 is 804,
 * 9.7 is 907; MariaDB 10.11 is 1011.
 */
export type Query = {
  from: number;
  /** Which of the two servers that speak MySQL's protocol; absent in queries of PostgreSQL. */
  flavour?: Flavour;
  sql: string;
};

type Names<C, K extends Column['kind']> = {
  [N in keyof C]: C[N] extends { kind: K } ? N : never;
}[keyof C] &
  string;

export type Panel<C> = {
  id: string;
  title: Text;
  show: 'line' | 'stacked';
  /** Columns drawn; several make several lines. */
  y: readonly Names<C, 'gauge' | 'counter'>[];
  /** The label that tells the lines apart. */
  by?: Names<C, 'label'>;
  /** Only rows whose labels have these values. */
  where?: Partial<Record<Names<C, 'label'>, string>>;
  /** A gauge column drawn as a thin dashed limit. */
  limit?: Names<C, 'gauge'>;
};

export type AlertDefault<C> = {
  id: string;
  on: Names<C, 'gauge' | 'counter'>;
  above?: { warning?: number; critical?: number };
  below?: { warning?: number; critical?: number };
  /** How long the condition must hold, e.g. `5m`. */
  for: Duration;
  says: Text;
  fix: Text;
};

export type Origin =
  | 'query'
  | 'sampled'
  | 'statements'
  | 'log'
  | 'heartbeat'
  | 'watching'
  | 'host'
  | 'verdict';

export type Duration = `${number}${'s' | 'm' | 'h'}`;

export type MetricInput<C extends Record<string, Column>> = {
  /** `engine.words-with-hyphens`, for example `postgres.replication-slots`. */
  id: `${MetricEngine}.${string}`;
  layer: Layer;
  title: Text;
  help: Text;
  /** The documentation page or view the facts come from. */
  source: string;
  every: Duration;
  /** Server-side statement timeout. */
  timeout: Duration;
  on: 'primary' | 'replica' | 'any';
  cost: 'low' | 'medium' | 'high';
  needs: readonly Need[];
  /**
   * Where rows come from: its own `query` (default), the same run each second and averaged over the interval (`sampled`,
   * for what comes and goes between two polls), the reading of all `statements`, of the server's `log`, the
   * `heartbeat` of a second, the collector's own `watching`, the machine (`host`), or the `verdict` over all members of a cluster.
   * Only the first two run the queries; for the others they say what the collector sends.
   */
  origin?: Origin;
  /** `server` when absent; else the extension whose version picks the query (1.8 is 108, 1.11 is 111). */
  versionOf?: string;
  queries: readonly Query[];
  columns: C;
  /** A column of the query (not stored) holding the source's own `stats_reset`, so that a reset is seen even when values did not fall. */
  resetAt?: string;
  panels: readonly Panel<C>[];
  alerts?: readonly AlertDefault<C>[];
  /** Most rows one poll may return; the rest is refused and said. Default 500. */
  maxRows?: number;
};

/** A definition with its column types erased, for lists. */
export type Metric = Omit<
  MetricInput<Record<string, Column>>,
  'panels' | 'alerts' | 'queries' | 'needs' | 'origin'
> & {
  engine: MetricEngine;
  origin: Origin;
  everyMs: number;
  timeoutMs: number;
  needs: readonly Need[];
  queries: readonly Query[];
  panels: readonly ErasedPanel[];
  alerts: readonly ErasedAlert[];
  maxRows: number;
};

export type ErasedPanel = {
  id: string;
  title: Text;
  show: 'line' | 'stacked';
  y: readonly string[];
  by?: string;
  where?: Readonly<Record<string, string>>;
  limit?: string;
};
export type ErasedAlert = Omit<AlertDefault<never>, 'on'> & { on: string };

const unitMs = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of a duration such as `30s`. */
export function durationMs(duration: Duration): number {
  return Number(duration.slice(0, -1)) * unitMs[duration.slice(-1) as keyof typeof unitMs];
}

/**
 * Declares a metric. The compiler refuses an alert on a column that is not there, a line over a label, a threshold on a flag.
 * @throws when the definition contradicts itself at run time (id of another shape, no query, timeout above the interval).
 */
export function defineMetric<const C extends Record<string, Column>>(
  input: MetricInput<C>,
): Metric {
  const everyMs = durationMs(input.every);
  const timeoutMs = durationMs(input.timeout);
  const engine = input.id.split('.', 1)[0] as MetricEngine;
  if (!/^(postgres|mysql|mariadb|host)\.[a-z0-9]+(-[a-z0-9]+)*$/.test(input.id))
    throw new Error(`metric id "${input.id}" is not engine.words-with-hyphens`);
  const origin = input.origin ?? 'query';
  if ((origin === 'query' || origin === 'sampled') && input.queries.length === 0)
    throw new Error(`metric ${input.id} has no query`);
  if (timeoutMs > everyMs) throw new Error(`metric ${input.id}: timeout is above its interval`);
  const { panels, alerts, ...rest } = input;
  return {
    ...rest,
    engine,
    origin,
    everyMs,
    timeoutMs,
    queries: [...input.queries].sort((a, b) => a.from - b.from),
    panels: panels as readonly ErasedPanel[],
    alerts: (alerts ?? []) as readonly ErasedAlert[],
    maxRows: input.maxRows ?? 500,
  };
}

/** The query for a version and flavour, or null when there is none for it. Server 15.18 is 15; extension 1.10 is 110. */
export function queryFor(metric: Metric, version: number, flavour?: Flavour): Query | null {
  return (
    metric.queries.findLast((query) => query.from <= version && query.flavour === flavour) ?? null
  );
}

/** Names of the columns that are stored, in the order of their definition. */
export function valueColumns(metric: Metric): string[] {
  return Object.keys(metric.columns).filter((name) => metric.columns[name]?.kind !== 'label');
}

/** Names of the columns that tell rows apart. */
export function labelColumns(metric: Metric): string[] {
  return Object.keys(metric.columns).filter((name) => metric.columns[name]?.kind === 'label');
}

/** The stored columns with their kinds, in the order of their definition: the shape of every reading of the metric. */
export function storedColumns(
  metric: Metric,
): { name: string; kind: 'gauge' | 'counter' | 'flag' }[] {
  return Object.entries(metric.columns).flatMap(([name, column]) =>
    column.kind === 'label' ? [] : [{ name, kind: column.kind }],
  );
}
