import { severityRank } from '@/lib/alert/cluster-state';
import type { ObjectiveBody, ServiceBody, Severity } from '@/lib/contract';

/** The objective that stands worst; what is not known comes last, since it says nothing. */
export function worstObjective(objectives: readonly ObjectiveBody[]): ObjectiveBody | null {
  const rank = ({ state }: ObjectiveBody) => (state === 'unknown' ? -1 : severityRank(state));
  return objectives.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
}

/** How a service stands: by its objectives, and not known when nothing was heard of it. */
export function serviceStatus(service: ServiceBody): Severity {
  if (service.requests === null) return 'unknown';
  return worstObjective(service.objectives)?.state ?? 'unknown';
}

/** The services of a cluster in one sentence. */
export function describeServices(services: readonly ServiceBody[]): {
  code: 'none' | 'unknown' | 'ok' | 'warning' | 'critical';
  status: Severity;
  worst: ServiceBody | null;
  count: number;
} {
  const count = services.length;
  const rank = (one: ServiceBody) => {
    const status = serviceStatus(one);
    return status === 'unknown' ? -1 : severityRank(status);
  };
  const worst = services.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
  const status = worst ? serviceStatus(worst) : 'unknown';
  return { code: worst ? status : 'none', status, worst, count };
}
