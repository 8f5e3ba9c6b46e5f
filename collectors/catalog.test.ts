import { expect, it } from 'vitest';
import { metrics } from './catalog';

it('no query turns what is unknown into zero by greatest(…, 0), which passes over null', () => {
  const suspicious = metrics.flatMap((metric) =>
    metric.queries
      .filter(({ sql }) => /greatest\(.*, 0\)\s+as \w+_(ms|bytes)\b/.test(sql))
      .map(({ from }) => `${metric.id} from ${from}`),
  );
  expect(suspicious).toEqual([]);
});
