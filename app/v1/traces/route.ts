import { receive } from '@/lib/otlp/receive';
import { tracesRequest } from '@/lib/otlp/requests';
import { takeTraces } from '@/lib/otlp/take-traces';

/** OTLP/HTTP, where every SDK looks when it is given our address as its endpoint. */
export const POST = receive('TracesRequest', tracesRequest, takeTraces);
