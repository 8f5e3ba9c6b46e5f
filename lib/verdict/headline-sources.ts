/** Which stored series stand for a layer, per engine of the definitions. Pure. */
import type { Headline } from './layer-verdict';

export type HeadlineSource = Pick<Headline, 'layer' | 'id' | 'role' | 'worse' | 'floor'> & {
  metric: string;
  /** Added up, line by line and column by column. */
  columns: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** Of several lines what counts. */
  of: 'sum' | 'max';
  unit: 'ms' | 'count' | 'ratio';
  perSecond?: boolean;
};

const database = { layer: 'database', worse: 'up' } as const;
const sum = { of: 'sum', unit: 'count' } as const;

/** Both engines name the columns of what they share alike. */
const shared = (engine: 'postgres' | 'mysql', connections: string): HeadlineSource[] => [
  {
    ...{ ...database, ...sum, id: 'lock_waits', role: 'symptom', floor: 0.5 },
    ...{ metric: `${engine}.load`, columns: ['sessions'], labels: { wait: 'Lock' } },
  },
  {
    ...{ ...database, ...sum, id: 'load', role: 'symptom', floor: 1 },
    ...{ metric: `${engine}.load`, columns: ['sessions'] },
  },
  {
    ...{ ...database, id: 'mean_ms', role: 'symptom', floor: 1, of: 'max', unit: 'ms' },
    ...{ metric: `${engine}.statements`, columns: ['mean_ms'] },
  },
  {
    ...{ ...database, ...sum, id: 'statements_per_s', role: 'demand', floor: 20, perSecond: true },
    ...{ metric: `${engine}.statements`, columns: ['calls_per_second'] },
  },
  {
    ...{ ...database, id: 'connections_used', role: 'resource', floor: 0.1 },
    ...{ metric: connections, columns: ['used_ratio'], of: 'max', unit: 'ratio' },
  },
];

const machine = { layer: 'infrastructure', worse: 'up', of: 'max' } as const;

/** Of the machine an instance runs on, whatever its engine. */
export const hostSources: readonly HeadlineSource[] = [
  {
    ...{ ...machine, id: 'cpu_busy', role: 'resource', floor: 0.15, unit: 'ratio' },
    ...{ metric: 'host.cpu', columns: ['busy_ratio'] },
  },
  {
    ...{ ...machine, id: 'disk_latency_ms', role: 'symptom', floor: 1, unit: 'ms' },
    ...{ metric: 'host.disks', columns: ['read_ms', 'write_ms'] },
  },
  {
    ...{ ...machine, id: 'pressure_memory', role: 'symptom', floor: 0.05, unit: 'ratio' },
    ...{ metric: 'host.pressure', columns: ['memory_waiting_ratio'] },
  },
  {
    ...{ ...machine, id: 'network_retransmits', role: 'symptom', floor: 2, perSecond: true },
    ...{ metric: 'host.tcp', columns: ['retransmits'], unit: 'count' },
  },
];

/** By `definitionEngine`; MariaDB is read by MySQL's definitions. */
export const headlineSources: Readonly<Record<string, readonly HeadlineSource[]>> = {
  postgres: [
    ...shared('postgres', 'postgres.connection-use'),
    {
      ...{
        ...database,
        ...sum,
        id: 'rows_read_per_s',
        role: 'work',
        floor: 2_000,
        perSecond: true,
      },
      ...{ metric: 'postgres.databases', columns: ['rows_returned', 'rows_fetched'] },
    },
  ],
  mysql: [
    ...shared('mysql', 'mysql.connections'),
    {
      ...{
        ...database,
        ...sum,
        id: 'rows_read_per_s',
        role: 'work',
        floor: 2_000,
        perSecond: true,
      },
      metric: 'mysql.handlers',
      columns: ['read_key', 'read_next', 'read_prev', 'read_first', 'read_rnd', 'read_rnd_next'],
    },
  ],
};
