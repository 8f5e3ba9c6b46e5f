import { receive } from '@/lib/otlp/receive';
import { metricsRequest } from '@/lib/otlp/requests';
import { takeMetrics } from '@/lib/otlp/take-metrics';

/** OTLP/HTTP, where every SDK looks when it is given our address as its endpoint. */
export const POST = receive('MetricsRequest', metricsRequest, takeMetrics);
