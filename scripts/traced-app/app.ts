/**
 * A small real web application in front of PostgreSQL, watched by the OpenTelemetry SDK and its instrumentation: for tests.
 * GET /fast answers at once, /slow?ms= after that long, /fail with 500, /order runs one statement, /list one per row.
 */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { context } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const { YAGURA_URL = '', TOKEN = '', FORM = 'protobuf', TEMPORALITY = 'cumulative' } = process.env;
const json = FORM === 'json';
const to = (path: string) => ({
  url: `${YAGURA_URL}${path}`,
  headers: { authorization: `Bearer ${TOKEN}` },
  compression: 'gzip' as never,
});
const resource = resourceFromAttributes({ 'service.name': process.env.SERVICE ?? 'shop' });
const metricOptions = {
  ...to('/v1/metrics'),
  temporalityPreference: TEMPORALITY === 'delta' ? 0 : 1,
};
const meters = new MeterProvider({
  resource,
  readers: [
    new PeriodicExportingMetricReader({
      exporter: json ? new JsonMetrics(metricOptions) : new ProtoMetrics(metricOptions),
      exportIntervalMillis: 1000,
      exportTimeoutMillis: 900,
    }),
  ],
});
const tracers = new NodeTracerProvider({
  resource,
  spanProcessors: [
    new BatchSpanProcessor(
      json ? new JsonTraces(to('/v1/traces')) : new ProtoTraces(to('/v1/traces')),
      { maxQueueSize: 20_000, scheduledDelayMillis: 200 },
    ),
  ],
});
tracers.register();
const watched = [new HttpInstrumentation(), new PgInstrumentation()];
for (const one of watched) {
  one.setMeterProvider(meters);
  one.setTracerProvider(tracers);
}

// What is watched is loaded after the instrumentation, by require, which it patches.
const require = createRequire(import.meta.url);
const http = require('node:http') as typeof import('node:http');
const pg = require('pg') as typeof import('pg');
const db = process.env.DATABASE ? new pg.Pool({ connectionString: process.env.DATABASE }) : null;

async function answer(path: string, query: URLSearchParams): Promise<number> {
  if (path === '/slow')
    await new Promise((done) => setTimeout(done, Number(query.get('ms') ?? 50)));
  if (path === '/fail') return 500;
  if (path === '/missing') return 404;
  if (path === '/order')
    await db?.query('select total from orders where id = $1', [Number(query.get('id') ?? 1)]);
  if (path === '/list')
    for (let id = 1; id <= 20; id += 1)
      await db?.query(`select name from customer where id = ${id}`);
  return 200;
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/end') {
    await Promise.allSettled([meters.forceFlush(), tracers.forceFlush()]);
    response.end('{}');
    return;
  }
  const metadata = getRPCMetadata(context.active());
  if (metadata) metadata.route = url.pathname;
  const started = process.hrtime.bigint();
  const status = await answer(url.pathname, url.searchParams).catch(() => 500);
  response.statusCode = status;
  response.end(JSON.stringify({ ms: Number(process.hrtime.bigint() - started) / 1e6 }));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.on('SIGTERM', () => process.exit(0));
