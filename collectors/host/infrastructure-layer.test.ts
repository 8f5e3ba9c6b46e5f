import { describe, expect, it } from 'vitest';
import {
  infrastructureLayer,
  layerThresholds,
  type MachineFacts,
} from '@/lib/storage/infrastructure-layer';
import type { Latest } from '@/lib/storage/read-latest';
import { hostMetrics } from './host-reader';

const one = (metric: string, column: string, value: number | null): Latest => ({
  ...{ instanceId: 1, metric, column, kind: 'gauge', labels: {} },
  ...{ at: 1_000, everyMs: 10_000, value, rate: null },
});
const machine = (
  busy: number,
  spark: MachineFacts['spark'] = [],
  ...more: Latest[]
): MachineFacts => ({
  latest: [one('host.cpu', 'busy_ratio', busy), one('host.cpu', 'load1', 1), ...more],
  spark,
});

describe('the cell of the infrastructure', () => {
  it('judges by the thresholds of the default alerts', () => {
    for (const { metric, column, ...limits } of layerThresholds) {
      const alert = hostMetrics
        .find(({ id }) => id === metric)
        ?.alerts.find(({ on }) => on === column);
      expect({ above: alert?.above, below: alert?.below }).toEqual({
        above: undefined,
        below: undefined,
        ...limits,
      });
    }
  });
  it('is unmeasured without a machine', () => {
    expect(infrastructureLayer([{ latest: [], spark: [] }])).toBeNull();
  });
  it('shows the busiest machine', () => {
    const layer = infrastructureLayer([machine(0.2, [0.1, null]), machine(0.5, [null, null])]);
    expect(layer).toMatchObject({ state: 'ok', headline: { value: 0.5 }, spark: [0.1, null] });
  });
  it('is not green while a machine is not known', () => {
    expect(infrastructureLayer([machine(0.2), { latest: [], spark: [] }])?.state).toBe('unknown');
  });
  it('takes a busy moment for no trouble, five busy minutes for one', () => {
    expect(infrastructureLayer([machine(1, [0.99, 0.3, 0.99])])?.state).toBe('ok');
    expect(infrastructureLayer([machine(1, [0.3, 0.99, 0.99, 0.95])])?.state).toBe('warning');
    expect(infrastructureLayer([machine(1, [0.3, 0.99, 0.99, 0.99])])?.state).toBe('critical');
  });
  it('is as bad as its fullest filesystem', () => {
    const full = one('host.filesystems', 'used_ratio', 0.97);
    const room = one('host.filesystems', 'used_ratio', 0.3);
    expect(infrastructureLayer([machine(0.1, [], room, full)])?.state).toBe('critical');
    const days = one('host.filesystems', 'days_to_full', 3);
    expect(infrastructureLayer([machine(0.1, [], days)])?.state).toBe('warning');
  });
});
