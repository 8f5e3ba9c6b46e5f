/**
 * A small real web application whose metrics are fetched, written with prom-client: for tests. GET /fast answers at once,
 * /slow?ms= after that long, /fail with 500, /metrics in the words of Prometheus, to whoever has the token when there is one.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';

const { NAMES = 'stable', TOKEN, PORT = '0' } = process.env;
collectDefaultMetrics();
const stable = NAMES === 'stable';
const durations = new Histogram({
  name: stable ? 'http_server_request_duration_seconds' : 'http_request_duration_seconds',
  help: 'Requests',
  labelNames: stable
    ? ['http_request_method', 'http_route', 'http_response_status_code']
    : ['method', 'route', 'code'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
});

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://app');
  if (url.pathname === '/metrics') {
    if (TOKEN && request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.statusCode = 401;
      response.end();
      return;
    }
    response.setHeader('content-type', register.contentType);
    response.end(await register.metrics());
    return;
  }
  const began = performance.now();
  if (url.pathname === '/slow') await sleep(Number(url.searchParams.get('ms')));
  response.statusCode = url.pathname === '/fail' ? 500 : 200;
  const ms = performance.now() - began;
  durations.labels('GET', url.pathname, String(response.statusCode)).observe(ms / 1000);
  response.end(JSON.stringify({ ms }));
});
server.listen(Number(PORT), '127.0.0.1', () =>
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })),
);
