/** The machine of an instance of RDS or Aurora, as Amazon CloudWatch tells of it. */
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { Failure } from '@/collectors/run/failure';
import { type Metric, storedColumns } from '@/lib/metric/define-metric';
import type { SeriesReading } from '@/lib/storage/append-readings';
import { hostCpu } from './cpu/cpu';
import { hostDisks } from './disks/disks';
import { hostFilesystems } from './filesystems/filesystems';
import { watchGrowth } from './growth';
import { hostMemory } from './memory/memory';
import { hostNetwork } from './network/network';

/** CloudWatch has a point each minute, and each metric asked for costs money: never more often. */
export const cloudwatchEveryMs = 60_000;
/** Points come a minute or more after their time; what is still missing of one then is not waited for. */
const completeAfterMs = 3 * cloudwatchEveryMs;
const lookBackMs = 15 * cloudwatchEveryMs;

/**
 * Averages over a minute, of namespace AWS/RDS by DBInstanceIdentifier.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 */
const asked = [
  ...(['CPUUtilization', 'FreeableMemory', 'SwapUsage', 'DiskQueueDepth'] as const),
  ...(['ReadIOPS', 'WriteIOPS', 'ReadThroughput', 'WriteThroughput'] as const),
  ...(['ReadLatency', 'WriteLatency', 'FreeStorageSpace', 'FreeLocalStorage'] as const),
  ...(['NetworkReceiveThroughput', 'NetworkTransmitThroughput'] as const),
] as const;
type Name = (typeof asked)[number];
/** Values of one minute; `at` is its end, epoch ms. */
type Minute = { at: number; values: Partial<Record<Name, number>> };

/**
 * Reads what came since the last call, each minute with its own time: nothing late is shown as now.
 * @param source `region/DBInstanceIdentifier`
 */
export function createCloudwatchReader(source: string) {
  const [region = '', identifier = ''] = source.split('/');
  // Credentials of the environment, of a profile or of the machine's role, as every AWS tool finds them.
  const client = new CloudWatchClient({
    region,
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
    },
  });
  const growth = watchGrowth();
  const seen = new Map<string, number>();
  let lastAt = 0;
  let askedAt = 0;
  let known = new Set<Name>();
  return {
    /**
     * @param now epoch ms
     * @returns nothing when it was asked less than a minute ago
     * @throws Failure that names the permission, the identifier or the region that is wrong
     */
    async read(now: number): Promise<SeriesReading[]> {
      if (now - askedAt < cloudwatchEveryMs) return [];
      askedAt = now;
      const minutes = await readMinutes(client, { region, identifier }, now);
      if (minutes.length === 0)
        throw new Failure(
          'object_missing',
          `CloudWatch in ${region} has no data of ${identifier}`,
          'Check region and DB instance identifier in the settings of this instance.',
        );
      known = new Set([
        ...known,
        ...minutes.flatMap(({ values }) => Object.keys(values) as Name[]),
      ]);
      const complete = ({ at, values }: Minute) =>
        now - at >= completeAfterMs || [...known].every((name) => values[name] !== undefined);
      const next = minutes.filter((minute) => minute.at > lastAt && complete(minute));
      lastAt = next.at(-1)?.at ?? lastAt;
      return next.flatMap((minute) =>
        readingsOf(minute, (key, available) => {
          // Its size is not told: what was free at first stands for it.
          const whole = seen.get(key) ?? available;
          seen.set(key, whole);
          return growth.add(key, minute.at, whole - available, available);
        }),
      );
    },
  };
}

async function readMinutes(
  client: CloudWatchClient,
  { region, identifier }: { region: string; identifier: string },
  now: number,
): Promise<Minute[]> {
  const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: identifier }];
  let answer: GetMetricDataCommandOutput;
  try {
    answer = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - lookBackMs),
        EndTime: new Date(now),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: asked.map((name) => ({
          Id: name.toLowerCase(),
          MetricStat: {
            Metric: { Namespace: 'AWS/RDS', MetricName: name, Dimensions },
            ...{ Period: cloudwatchEveryMs / 1000, Stat: 'Average' },
          },
        })),
      }),
    );
  } catch (error) {
    throw failureOf(error as Error, region);
  }
  const minutes = new Map<number, Minute>();
  for (const result of answer.MetricDataResults ?? []) {
    const name = asked.find((one) => one.toLowerCase() === result.Id);
    for (const [i, time] of (result.Timestamps ?? []).entries()) {
      const value = result.Values?.[i];
      if (name === undefined || value === undefined || !Number.isFinite(value)) continue;
      const at = Math.floor(time.getTime() / cloudwatchEveryMs + 1) * cloudwatchEveryMs;
      const minute = minutes.get(at) ?? { at, values: {} };
      minute.values[name] = value;
      minutes.set(at, minute);
    }
  }
  return [...minutes.values()].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
}

/** The service's codes, as its API reference names them. */
function failureOf(error: Error, region: string): Failure {
  const { name } = error;
  const words = `CloudWatch in ${region}: ${error.message || name}`;
  if (name === 'AccessDeniedException' || name === 'AccessDenied')
    return new Failure(
      'permission_denied',
      words,
      'Allow the action cloudwatch:GetMetricData to the role or user of the collector.',
    );
  if (name === 'CredentialsProviderError')
    return new Failure(
      'auth_failed',
      'the collector has no credentials for AWS',
      'Give its machine a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where it runs.',
    );
  if (
    /UnrecognizedClient|InvalidClientTokenId|ExpiredToken|SignatureDoesNotMatch|IncompleteSignature/.test(
      name,
    )
  )
    return new Failure('auth_failed', words, "Renew the collector's credentials for AWS.");
  if (/Throttling|TooManyRequests|LimitExceeded/.test(name))
    return new Failure('too_many_connections', words, 'It is asked again in a minute.');
  if (/Timeout|Abort/.test(name))
    return new Failure('timeout', `CloudWatch in ${region} did not answer`);
  return new Failure('unreachable', words);
}

type Grow = (key: string, available: number) => ReturnType<ReturnType<typeof watchGrowth>['add']>;
type Row = { labels: Record<string, string>; values: Record<string, number | undefined> };

/** What CloudWatch does not tell of (modes of the processor, pressure, sizes) is unknown. */
function readingsOf({ at, values: v }: Minute, grow: Grow): SeriesReading[] {
  const times = (value: number | undefined, factor: number) =>
    value === undefined ? undefined : value * factor;
  const free = (mount: string, available: number | undefined): Row[] => {
    if (available === undefined) return [];
    const { bytesPerDay, daysToFull } = grow(mount, available);
    const trend = {
      growth_bytes_per_day: bytesPerDay ?? undefined,
      days_to_full: daysToFull ?? undefined,
    };
    return [{ labels: { mount, device: mount }, values: { available_bytes: available, ...trend } }];
  };
  const rows: [Metric, Row[]][] = [
    [hostCpu, [{ labels: {}, values: { busy_ratio: times(v.CPUUtilization, 0.01) } }]],
    [
      hostMemory,
      [{ labels: {}, values: { available_bytes: v.FreeableMemory, swap_used_bytes: v.SwapUsage } }],
    ],
    [
      hostDisks,
      [
        {
          labels: { device: 'storage' },
          values: {
            ...{ reads: v.ReadIOPS, writes: v.WriteIOPS, queue: v.DiskQueueDepth },
            ...{ read_bytes: v.ReadThroughput, written_bytes: v.WriteThroughput },
            read_ms: times(v.ReadLatency, 1000),
            write_ms: times(v.WriteLatency, 1000),
          },
        },
      ],
    ],
    [
      hostFilesystems,
      [...free('storage', v.FreeStorageSpace), ...free('local storage', v.FreeLocalStorage)],
    ],
    [
      hostNetwork,
      [
        {
          labels: { device: 'network' },
          values: {
            received_bytes: v.NetworkReceiveThroughput,
            sent_bytes: v.NetworkTransmitThroughput,
          },
        },
      ],
    ],
  ];
  return rows.flatMap(([metric, all]) => {
    const told = all.filter(({ values }) => Object.values(values).some((one) => one !== undefined));
    return told.length === 0 ? [] : [readingOf(metric, at, told)];
  });
}

/** Of counters only their rate is told. */
function readingOf(metric: Metric, at: number, rows: Row[]): SeriesReading {
  const columns = storedColumns(metric);
  const of = (row: Row, counters: boolean) =>
    columns.map(({ name, kind }) =>
      (kind === 'counter') === counters ? (row.values[name] ?? null) : null,
    );
  return {
    ...{ metric: metric.id, at, everyMs: cloudwatchEveryMs, columns },
    rows: rows.map((row) => ({
      ...{ labels: row.labels, values: of(row, false), rates: of(row, true) },
    })),
  };
}
