import { metrics } from '@/collectors/catalog';
import { route } from '@/lib/auth/route';
import { describeMetric } from '@/lib/metric/describe-metric';

export const GET = route('GET /catalog', async () => ({ metrics: metrics.map(describeMetric) }));
