/**
 * The web application of the demo's shop: a real HTTP server in front of the shop's databases, watched by OpenTelemetry. It
 * waits when they wait and fails when they fail; one fault is its own (see `brokenRelease`). A process of its own.
 */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { context } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { ClientConfig, Pool, PoolClient } from 'pg';
import { customerOrders, recentOrders, registerTwice, search } from '../faulty-work';
import { placeOrder, viewProduct } from '../ordinary-work';
import { seededRandom, wait } from '../rhythm';
import type { Db, Work } from '../work';
import type { demoService } from './demo-service';

/** What the parent says: where telemetry goes, and how the shop's databases are reached. */
export type ApplicationSettings = {
  service: { [key in keyof typeof demoService]: string };
  yagura: { url: string; token: string };
  databases: Record<Database, ClientConfig>;
};
type Database = 'storefront' | 'checkout' | 'orders' | 'orders_read';
export type ApplicationMessage = { release: 'good' | 'broken' };

const given = JSON.parse(process.env.DEMO_APPLICATION ?? '{}') as ApplicationSettings;
delete process.env.DEMO_APPLICATION;

const to = (path: string) => ({
  url: `${given.yagura.url}${path}`,
  headers: { authorization: `Bearer ${given.yagura.token}` },
});
const resource = resourceFromAttributes({
  'service.name': given.service.name,
  'service.namespace': given.service.namespace,
  'deployment.environment.name': given.service.environment,
});
const meters = new MeterProvider({
  resource,
  readers: [
    new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(to('/v1/metrics')),
      ...{ exportIntervalMillis: 5_000, exportTimeoutMillis: 4_000 },
    }),
  ],
});
const tracers = new NodeTracerProvider({
  resource,
  spanProcessors: [
    new BatchSpanProcessor(new OTLPTraceExporter(to('/v1/traces')), {
      ...{ scheduledDelayMillis: 2_000, maxQueueSize: 4_096 },
    }),
  ],
});
tracers.register();
for (const one of [new HttpInstrumentation(), new PgInstrumentation()]) {
  one.setMeterProvider(meters);
  one.setTracerProvider(tracers);
}

// What is watched is loaded after the instrumentation, by require, which it patches.
const require = createRequire(import.meta.url);
const http = require('node:http') as typeof import('node:http');
const pg = require('pg') as typeof import('pg');

const pools = new Map<Database, Pool>(
  Object.entries(given.databases).map(([name, config]) => {
    const pool = new pg.Pool({ ...config, max: 4, connectionTimeoutMillis: 5_000 });
    pool.on('error', () => {}); // A lost connection also rejects the query in flight.
    return [name as Database, pool];
  }),
);
const random = seededRandom(77);
const stopping = new AbortController();
let brokenRelease = false;

async function on(database: Database, work: Work): Promise<void> {
  const db = (await pools.get(database)?.connect()) as PoolClient;
  let lost: Error | undefined;
  try {
    await work(db as unknown as Db, random, (ms) => wait(ms, stopping.signal));
  } catch (error) {
    lost = (error as { code?: string }).code === undefined ? (error as Error) : undefined;
    throw error;
  } finally {
    db.release(lost);
  }
}

type Basket = { voucher: { percent: number } };

/** On purpose: a release that reads a voucher, which most baskets do not have. */
function discountOf(basket: unknown): number {
  return (basket as Basket).voucher.percent;
}

const routes: Record<string, () => Promise<void>> = {
  'GET /products/:id': () => on('storefront', viewProduct),
  'GET /search': () => on('storefront', search),
  'GET /customers/:id/orders': () => on('orders', customerOrders),
  'GET /orders/recent': () => on('orders_read', recentOrders),
  'POST /orders': async () => {
    if (brokenRelease) discountOf(random() < 0.4 ? { voucher: { percent: 5 } } : {});
    await on('checkout', placeOrder);
  },
  'POST /customers': () => on('checkout', registerTwice),
};

const routeOf = (method: string, path: string) =>
  `${method} ${path
    .replace(/^\/products\/\d+$/, '/products/:id')
    .replace(/^\/customers\/\d+\/orders$/, '/customers/:id/orders')}`;

/** A unique value that is there already is the visitor's mistake. */
const statusOf = (error: unknown) => ((error as { code?: string }).code === '23505' ? 409 : 500);

const server = http.createServer(async (request, response) => {
  const route = routeOf(request.method ?? '', request.url ?? '/');
  const answer = routes[route];
  const metadata = getRPCMetadata(context.active());
  if (metadata && answer) metadata.route = route.split(' ')[1] ?? route;
  try {
    if (!answer) response.statusCode = 404;
    await answer?.();
  } catch (error) {
    response.statusCode = statusOf(error);
  }
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', ({ release }: ApplicationMessage) => {
  brokenRelease = release === 'broken';
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', async () => {
  stopping.abort();
  await Promise.race([
    Promise.allSettled([meters.shutdown(), tracers.shutdown()]),
    new Promise((done) => setTimeout(done, 1_000)),
  ]);
  process.exit(0);
});
