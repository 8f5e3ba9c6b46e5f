/** Reads the machine of each instance beside its polls: a machine that does not answer never delays those. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type BeginBeside, repeat } from '@/collectors/run/beside';
import { asFailure } from '@/collectors/run/make-reading';
import type { MetricHealth } from '@/collectors/run/poll';
import type { WatchedInstance } from '@/collectors/store/watched-instances';
import { writeHealth } from '@/collectors/store/write-status';
import type { LeaseFence, SeriesReading } from '@/lib/storage/append-readings';
import { createHostReader, hostMetrics } from './host-reader';
import { readHost } from './host-source';

const everyMs = 10_000;

export function watchHost(options: {
  db: Pool;
  deliver(lease: LeaseFence, readings: SeriesReading[]): void;
  log(message: string): void;
}): BeginBeside {
  return (instance, lease) => {
    const reader = createHostReader();
    const cloud = cloudwatchOf(instance);
    let first = true;
    const phaseMs = 500 + ((instance.id * 977) % 4_000);
    const work = async (signal: AbortSignal) => {
      // On the grid, however late the timers: a reading that slips into the next interval leaves one out.
      const at = (Math.floor((Date.now() - phaseMs) / everyMs) + (first ? 0 : 1)) * everyMs;
      first = false;
      await sleep(Math.max(0, at + phaseMs - Date.now()), undefined, { signal });
      const started = performance.now();
      const health = (metric: string, error: MetricHealth['error']): MetricHealth => ({
        ...{ metric, at: Date.now(), ok: error === null, error, missing: [] },
        durationMs: performance.now() - started,
      });
      let read: MetricHealth[];
      try {
        const readings = cloud
          ? await (await cloud).read(Date.now())
          : reader.read(at, await readHost(instance));
        options.deliver(lease, readings);
        read = readings.map(({ metric }) => health(metric, null));
      } catch (error) {
        const failure = asFailure(error);
        read = hostMetrics.map(({ id }) => health(id, failure));
      }
      await writeHealth(options.db, lease, read);
    };
    return repeat({
      firstMs: 0,
      everyMs: 1_000,
      work,
      onError: (error) =>
        options.log(`machine of instance ${instance.id}: ${(error as Error).message}`),
    });
  };
}

/** Where a person named an exporter, that tells more. The SDK is loaded only where it is needed. */
function cloudwatchOf({ cloudwatch, nodeExporterUrl }: WatchedInstance) {
  if (cloudwatch === null || nodeExporterUrl !== null) return null;
  return import('./read-cloudwatch').then(({ createCloudwatchReader }) =>
    createCloudwatchReader(cloudwatch),
  );
}
