/**
 * The real SDK against a server that answers as the API reference documents it (AWS JSON 1.0). Its values are made up: this was
 * not run against Amazon's service.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SeriesReading } from '@/lib/storage/append-readings';
import { createCloudwatchReader } from './read-cloudwatch';

const minute = 60_000;
/** Half a minute into one. */
const now = Date.UTC(2026, 10, 24, 14, 0, 30);
type Query = {
  Id: string;
  MetricStat: {
    Metric: {
      Namespace: string;
      MetricName: string;
      Dimensions: { Name: string; Value: string }[];
    };
    Period: number;
    Stat: string;
  };
};
type Asked = { target: string; authorization: string; queries: Query[] };

let server: Server;
let asked: Asked[] = [];
/** Values by metric, the newest last; the last one began so many minutes ago. */
let values: Record<string, number[]>;
let newestBegan: Record<string, number>;
let refusal: { status: number; body: object } | null = null;
let clock = now;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const { MetricDataQueries: queries } = JSON.parse(body) as { MetricDataQueries: Query[] };
      const { authorization = '', 'x-amz-target': target = '' } = request.headers;
      asked.push({ target: String(target), authorization, queries });
      response.statusCode = refusal?.status ?? 200;
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(
        JSON.stringify(refusal?.body ?? { Messages: [], MetricDataResults: queries.map(resultOf) }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    ...{ AWS_ENDPOINT_URL_CLOUDWATCH: url, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' },
    ...{ AWS_SECRET_ACCESS_KEY: 'of-the-tests', AWS_EC2_METADATA_DISABLED: 'true' },
  });
});
beforeEach(() => {
  asked = [];
  refusal = null;
  clock = now;
  newestBegan = {};
  values = {
    ...{ CPUUtilization: [20, 35.5], FreeableMemory: [4e9, 3e9], SwapUsage: [0, 1e6] },
    ...{ ReadIOPS: [100, 120], WriteIOPS: [50, 60], ReadThroughput: [1e6, 2e6] },
    ...{ WriteThroughput: [3e6, 4e6], ReadLatency: [0.001, 0.0025], WriteLatency: [0.002, 0.004] },
    ...{ DiskQueueDepth: [0.5, 1.5], FreeStorageSpace: [50e9, 49e9] },
    ...{ NetworkReceiveThroughput: [1e5, 2e5], NetworkTransmitThroughput: [3e5, 4e5] },
  };
});
afterAll(() => server?.close());

function resultOf({ Id, MetricStat }: Query) {
  const name = MetricStat.Metric.MetricName;
  const own = values[name] ?? [];
  const newest = Math.floor(clock / minute) - (newestBegan[name] ?? 2);
  return {
    ...{ Id, Label: name, StatusCode: 'Complete', Values: own },
    Timestamps: own.map((_, i) => ((newest - (own.length - 1 - i)) * minute) / 1000),
  };
}

/** Values, or rates of counters, of the one row of a metric. */
function rowOf(readings: SeriesReading[], metric: string, at: number) {
  const found = readings.find((one) => one.metric === metric && one.at === at);
  const [row] = found?.rows ?? [];
  return Object.fromEntries(
    (found?.columns ?? []).map(({ name, kind }, i) => [
      name,
      (kind === 'counter' ? row?.rates[i] : row?.values[i]) ?? null,
    ]),
  );
}

test('each minute comes once, with its own time, in our units', async () => {
  const reader = createCloudwatchReader('eu-central-1/shop-1');
  const readings = await reader.read(now);
  // The newest began two minutes ago: it is of the time up to a minute ago.
  const at = Math.floor(now / minute) * minute - minute;
  expect([...new Set(readings.map((one) => one.at))]).toEqual([at - minute, at]);
  expect(rowOf(readings, 'host.cpu', at)).toMatchObject({
    busy_ratio: 0.355,
    user_ratio: null,
    load1: null,
  });
  expect(rowOf(readings, 'host.memory', at)).toMatchObject({
    ...{ available_bytes: 3e9, swap_used_bytes: 1e6, total_bytes: null, used_bytes: null },
  });
  expect(rowOf(readings, 'host.disks', at)).toMatchObject({
    ...{ reads: 120, writes: 60, read_bytes: 2e6, written_bytes: 4e6 },
    ...{ read_ms: 2.5, write_ms: 4, queue: 1.5, busy_ratio: null },
  });
  expect(rowOf(readings, 'host.filesystems', at)).toMatchObject({
    ...{ available_bytes: 49e9, used_ratio: null, days_to_full: null },
  });
  expect(rowOf(readings, 'host.network', at)).toMatchObject({
    received_bytes: 2e5,
    sent_bytes: 4e5,
  });
  clock += minute;
  const later = await reader.read(clock);
  expect([...new Set(later.map((one) => one.at))]).toEqual([at + minute]);
});

test('one request a minute asks for averages of this instance, signed', async () => {
  const reader = createCloudwatchReader('ap-northeast-1/shop-2');
  await reader.read(now);
  expect(await reader.read(now + 30_000)).toEqual([]);
  expect(asked).toHaveLength(1);
  const [{ target, authorization, queries } = asked[0] as Asked] = asked;
  expect(target).toBe('GraniteServiceVersion20100801.GetMetricData');
  expect(authorization).toContain('/ap-northeast-1/monitoring/aws4_request');
  expect(queries).toHaveLength(14);
  for (const { MetricStat } of queries)
    expect(MetricStat).toMatchObject({
      Metric: {
        Namespace: 'AWS/RDS',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'shop-2' }],
      },
      ...{ Period: 60, Stat: 'Average' },
    });
});

test('a minute of which a part is late is waited for, but not for ever', async () => {
  const reader = createCloudwatchReader('eu-central-1/shop-1');
  newestBegan = { FreeStorageSpace: 3 };
  const at = Math.floor(now / minute) * minute - minute;
  expect(Math.max(...(await reader.read(now)).map((one) => one.at))).toBe(at - minute);
  clock = now + minute;
  newestBegan = { FreeStorageSpace: 9 };
  const later = await reader.read(clock);
  expect(later.map((one) => one.at)).not.toContain(at + minute);
  clock = now + 4 * minute;
  values = { CPUUtilization: [90] };
  const without = await reader.read(clock);
  expect(without).toEqual([]);
  clock = now + 5 * minute;
  values = { CPUUtilization: [90, 91, 92] };
  expect((await reader.read(clock)).map(({ metric }) => metric)).toContain('host.cpu');
});

test('days to full follow from what is free', async () => {
  const reader = createCloudwatchReader('eu-central-1/shop-1');
  let last: SeriesReading[] = [];
  for (let i = 0; i < 90; i++) {
    clock = now + i * minute;
    // A gibibyte an hour, of 49 that are left at first.
    values = { CPUUtilization: [10], FreeStorageSpace: [(49 - i / 60) * 1024 ** 3] };
    last = await reader.read(clock);
  }
  const days = last.flatMap((one) => (one.metric === 'host.filesystems' ? one.rows : []))[0];
  const columns = last.find((one) => one.metric === 'host.filesystems')?.columns ?? [];
  const value = days?.values[columns.findIndex(({ name }) => name === 'days_to_full')] ?? 0;
  expect(value).toBeGreaterThan(1.9);
  expect(value).toBeLessThan(2.1);
});

test.each([
  ['AccessDeniedException', 400, 'permission_denied', /cloudwatch:GetMetricData/],
  ['UnrecognizedClientException', 400, 'auth_failed', /credentials/],
  ['ExpiredTokenException', 400, 'auth_failed', /credentials/],
])('%s is told with its fix', async (type, status, code, fix) => {
  refusal = { status, body: { __type: `com.amazon.coral.service#${type}`, message: 'No.' } };
  const failure = await createCloudwatchReader('eu-central-1/shop-1')
    .read(now)
    .catch((error) => error);
  expect(failure).toMatchObject({ code, fix: expect.stringMatching(fix) });
});

test('an identifier of which nothing is known is no calm machine', async () => {
  values = {};
  await expect(createCloudwatchReader('eu-central-1/none').read(now)).rejects.toMatchObject({
    ...{ code: 'object_missing', message: expect.stringContaining('none') },
  });
});
