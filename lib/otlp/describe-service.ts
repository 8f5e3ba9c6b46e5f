import { type Attributes, cleanText } from './fields';

/** Which service sent something, and which of its processes. */
export type ServiceName = { namespace: string; name: string; environment: string };

const nothing: Attributes = new Map();
const none = '(no name)';

/**
 * The service of a resource. Environments are services of their own: staging says nothing of production.
 * https://opentelemetry.io/docs/specs/semconv/resource/#service
 */
export function serviceOf(resource: { attributes: Attributes } | undefined): ServiceName {
  const has = resource?.attributes ?? nothing;
  const text = (...names: string[]) =>
    cleanText(names.map((name) => has.get(name)).find((one) => one) ?? '', 200).trim();
  return {
    namespace: text('service.namespace'),
    name: text('service.name') || none,
    environment: text('deployment.environment.name', 'deployment.environment'),
  };
}

const processNames = ['service.instance.id', 'k8s.pod.uid', 'container.id', 'host.id', 'host.name'];

/** What tells processes of a service apart, as far as they say. */
export function processOf(resource: { attributes: Attributes } | undefined): string {
  const has = resource?.attributes ?? nothing;
  return JSON.stringify([...processNames, 'process.pid'].map((name) => has.get(name) ?? null));
}

/**
 * `GET /orders/:id`, the name under which requests are summed: never the path itself, of which there is no end. Both names
 * of the semantic conventions are read.
 */
export function routeOf(attributes: Attributes): string {
  const method = attributes.get('http.request.method') ?? attributes.get('http.method');
  const route = attributes.get('http.route');
  const known = /^[A-Z]{1,16}$/.test(method ?? '') ? method : null;
  return cleanText([known ?? 'HTTP', route || '(no route)'].join(' '), 300);
}

/** A server's fault: 5xx, or an error without any answer. A 4xx is the caller's. */
export function isError(attributes: Attributes): boolean {
  const status = attributes.get('http.response.status_code') ?? attributes.get('http.status_code');
  if (status !== undefined) return Number(status) >= 500;
  return attributes.has('error.type');
}
