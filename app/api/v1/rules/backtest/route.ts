import { metrics } from '@/collectors/catalog';
import { backtest } from '@/lib/action/manage-rules';
import { route } from '@/lib/auth/route';

export const POST = route('POST /rules/backtest', ({ body }) => backtest(body, metrics));
